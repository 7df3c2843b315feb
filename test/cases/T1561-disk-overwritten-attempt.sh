#!/bin/sh
# case: T1561-disk-overwritten-attempt
# technique: Disk of the machine overwritten
# source: MITRE T1561; KillDisk shapes
# needs: dd
# expect: file escape
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dd
for d in sda vda nvme0n1; do [ -b /dev/$d ] && continue; dd if=/dev/zero of=/dev/$d bs=1 count=1 2>/dev/null; rm -f /dev/$d; done; true
exit 0
