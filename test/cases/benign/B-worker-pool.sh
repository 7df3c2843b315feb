#!/bin/sh
# case: B-worker-pool
# technique: Workers stopped and replaced one by one
# source: operations practice
# needs: sleep
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sleep
P=; for i in 1 2 3 4; do sh -c 'trap exit TERM; while :; do sleep 1; done' & P="$P $!"; done; for p in $P; do kill -TERM $p; wait $p 2>/dev/null; sleep 2 & done; wait; true
exit 0
