#!/bin/sh
# case: T1003.008-shadow-with-sed
# technique: Hashes read with a tool that is not cat
# source: redcanaryco/atomic-red-team T1003.008-5 Access /etc/{shadow,passwd,master.passwd} with shell builtins
# needs: sed
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed
sed -n p /etc/shadow >/dev/null 2>&1; while IFS= read -r l; do :; done < /etc/shadow; true
exit 0
