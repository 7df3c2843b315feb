#!/bin/sh
# case: T1057-pstree-by-status-files
# technique: Processes and parents from status files
# source: redcanaryco/atomic-red-team T1057
# needs: sed
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed
for p in /proc/[0-9]*; do sed -n 's/^\(Name\|PPid\|Uid\):/&/p' "$p/status" 2>/dev/null; done >/dev/null; true
exit 0
