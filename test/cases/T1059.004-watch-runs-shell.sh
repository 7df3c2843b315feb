#!/bin/sh
# case: T1059.004-watch-runs-shell
# technique: Commands run by watch
# source: GTFOBins watch
# needs: watch timeout
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need watch timeout
timeout 3 watch -n 1 -t 'id; uname -a' >/dev/null 2>&1; true
exit 0
