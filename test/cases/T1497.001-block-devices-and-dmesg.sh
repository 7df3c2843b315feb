#!/bin/sh
# case: T1497.001-block-devices-and-dmesg
# technique: Virtual machine looked for in devices and the kernel log
# source: redcanaryco/atomic-red-team T1497.001-1
# needs: lsblk
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need lsblk
lsblk >/dev/null 2>&1; dmesg 2>/dev/null | grep -i hypervisor >/dev/null; cat /sys/hypervisor/uuid /sys/class/block/*/device/model >/dev/null 2>&1; true
exit 0
