#!/bin/sh
# case: T1087.001-passwd-by-builtin-read
# technique: Account names read by the shell itself
# source: redcanaryco/atomic-red-team T1087.001-1
# needs: sh
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
while IFS=: read -r u x i r; do [ "$i" -ge 1000 ] 2>/dev/null && : "$u"; done < /etc/passwd; true
exit 0
