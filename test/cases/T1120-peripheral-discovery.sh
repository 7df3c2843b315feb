#!/bin/sh
# case: T1120-peripheral-discovery
# technique: Devices looked for
# source: redcanaryco/atomic-red-team T1120-1 (Linux form)
# needs: ls
# expect: recon exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ls
ls -la /dev /sys/bus/pci/devices /sys/class/net /sys/block >/dev/null 2>&1; (lspci; lsusb) >/dev/null 2>&1; cat /proc/partitions /proc/mounts /proc/modules >/dev/null 2>&1; true
exit 0
