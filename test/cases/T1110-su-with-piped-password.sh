#!/bin/sh
# case: T1110-su-with-piped-password
# technique: Passwords piped into su
# source: redcanaryco/atomic-red-team T1110.001
# needs: su
# expect: cred exec priv
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
for p in root admin toor; do echo $p | timeout 2 su -c id nobody >/dev/null 2>&1; done; true
exit 0
