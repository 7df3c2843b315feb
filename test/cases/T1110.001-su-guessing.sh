#!/bin/sh
# case: T1110.001-su-guessing
# technique: Passwords of a local account guessed with su
# source: redcanaryco/atomic-red-team T1110.001-5 SUDO Brute Force - Debian
# needs: su
# expect: cred exec priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
for p in letmein 123456 password; do echo "$p" | timeout 2 su nobody -s /bin/true -c true >/dev/null 2>&1; done; true
exit 0
