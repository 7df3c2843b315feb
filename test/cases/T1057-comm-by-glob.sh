#!/bin/sh
# case: T1057-comm-by-glob
# technique: Names of processes read by the shell itself
# source: redcanaryco/atomic-red-team T1057
# needs: sh
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for p in /proc/[0-9]*/comm; do read -r c < "$p" 2>/dev/null; done; true
exit 0
