#!/bin/sh
# case: T1003.008-shadow-name-globbed
# technique: Account files opened through a wildcard
# source: redcanaryco/atomic-red-team T1003.008-1
# needs: cat
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cat /etc/sh?dow /etc/gsh* >/dev/null 2>&1; true
exit 0
