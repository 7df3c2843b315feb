#!/bin/sh
# case: T1083-writable-search
# technique: Places that can be written looked for
# source: rebootuser/LinEnum world-writable
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
find /etc /usr /bin /opt -xdev -perm -2 ! -type l >/dev/null 2>&1; true
exit 0
