#!/bin/sh
# case: T1611-mknod-and-read-disk
# technique: Escape: device node of the disk made and read
# source: CDK mount-disk; deepce
# needs: mknod
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mknod
(mknod "$W/sda" b 8 0; dd if="$W/sda" of=/dev/null bs=512 count=1; fdisk -l; cat /proc/partitions; ls -la /dev/disk /dev/sd* /dev/vd* /dev/nvme*) >/dev/null 2>&1; true
exit 0
