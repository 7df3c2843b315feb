#!/bin/sh
# case: T1003.008-passwd-backup-read
# technique: Backups of the account files read
# source: LinPEAS; redcanaryco/atomic-red-team T1003.008
# needs: sh
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow /var/backups/shadow.bak >/dev/null 2>&1; head -n 1 /etc/shadow >/dev/null 2>&1; true
exit 0
