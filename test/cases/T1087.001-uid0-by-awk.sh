#!/bin/sh
# case: T1087.001-uid0-by-awk
# technique: Accounts: those with uid 0 and with a shell
# source: redcanaryco/atomic-red-team T1087.001-3
# needs: sh
# expect: recon cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
awk -F: '$3==0 {print $1}' /etc/passwd >/dev/null; grep -v nologin /etc/passwd | cut -d: -f1 >/dev/null; getent passwd 0 >/dev/null 2>&1; true
exit 0
