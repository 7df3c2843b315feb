#!/bin/sh
# case: T1059.004-script-in-typescript
# technique: Unix Shell: script(1) gives the shell a terminal
# source: GTFOBins script; HackTricks full TTYs
# needs: script
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need script
script -q -c 'id; exit' /dev/null </dev/null >/dev/null 2>&1; true
exit 0
