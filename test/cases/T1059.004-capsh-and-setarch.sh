#!/bin/sh
# case: T1059.004-capsh-and-setarch
# technique: Shells started by capsh and setarch
# source: GTFOBins capsh; GTFOBins setarch
# needs: setarch
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need setarch
setarch "$(uname -m)" /bin/sh -c : ; capsh -- -c : 2>/dev/null; true
exit 0
