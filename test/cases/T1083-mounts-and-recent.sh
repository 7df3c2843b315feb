#!/bin/sh
# case: T1083-mounts-and-recent
# technique: File discovery: recently changed and large files, mounts
# source: LinPEAS; redcanaryco/atomic-red-team T1083-3 Nix File and Directory Discovery
# needs: find
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find / -xdev -mmin -60 -type f >/dev/null 2>&1; find / -xdev -size +5M >/dev/null 2>&1; (mount; lsblk; cat /etc/fstab; df -a) >/dev/null 2>&1; true
exit 0
