#!/bin/sh
# case: T1059.004-sed-execute
# technique: Command run by sed
# source: GTFOBins sed
# needs: sed
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed
echo x | sed '1e id' >/dev/null 2>&1; true
exit 0
