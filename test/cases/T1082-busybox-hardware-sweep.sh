#!/bin/sh
# case: T1082-busybox-hardware-sweep
# technique: Hardware, devices and modules looked at with small tools
# source: linpeas
# needs: lsmod dmesg
# expect: recon exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need lsmod dmesg
lsmod >/dev/null 2>&1; dmesg >/dev/null 2>&1; lspci >/dev/null 2>&1; lsusb >/dev/null 2>&1; losetup -a >/dev/null 2>&1; fdisk -l >/dev/null 2>&1; modinfo loop >/dev/null 2>&1; true
exit 0
