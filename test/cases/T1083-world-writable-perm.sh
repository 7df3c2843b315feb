#!/bin/sh
# case: T1083-world-writable-perm
# technique: World writable directories searched
# source: redcanaryco/atomic-red-team T1083; LinPEAS
# needs: find
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find / -xdev -type d -perm -0002 >/dev/null 2>&1; true
exit 0
