#!/bin/sh
# case: B-kill-hung-worker
# technique: Supervisor ends a worker that does not answer
# source: operations practice
# needs: kill sleep
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill sleep
sh -c 'trap "" TERM; i=0; while [ $i -lt 30 ]; do sleep 1; i=$((i+1)); done' & P=$!; sleep 1; kill -TERM $P; sleep 1; kill -KILL $P; wait $P 2>/dev/null; true
exit 0
