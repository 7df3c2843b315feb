#!/bin/sh
# case: T1059.004-timeout-setsid-shell
# technique: Shell in a session of its own behind helper programs
# source: GTFOBins timeout, nice, setsid
# needs: setsid timeout nice
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need setsid timeout nice
timeout 3 setsid nice sh -c 'id; whoami' >/dev/null 2>&1; true
exit 0
