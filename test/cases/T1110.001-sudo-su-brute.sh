#!/bin/sh
# case: T1110.001-sudo-su-brute
# technique: Guessing: passwords tried with su one after another
# source: redcanaryco/atomic-red-team T1110.001-5 SUDO Brute Force - Debian
# needs: su
# expect: cred exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
for p in root toor admin 123456 password; do echo "$p" | timeout 2 su nobody -c true >/dev/null 2>&1; done; true
exit 0
