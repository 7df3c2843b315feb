#!/bin/sh
# case: T1059.004-awk-system
# technique: Command run by awk
# source: GTFOBins awk
# needs: awk
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk
awk 'BEGIN { system("id >/dev/null") }' </dev/null
exit 0
