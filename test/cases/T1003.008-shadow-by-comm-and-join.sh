#!/bin/sh
# case: T1003.008-shadow-by-comm-and-join
# technique: shadow compared with its copy
# source: redcanaryco/atomic-red-team T1003.008-1
# needs: comm
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need comm
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
comm -12 /etc/shadow /etc/passwd >/dev/null 2>&1; true
exit 0
