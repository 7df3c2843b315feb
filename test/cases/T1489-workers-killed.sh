#!/bin/sh
# case: T1489-workers-killed
# technique: Processes of the container killed
# source: redcanaryco/atomic-red-team T1489-4 Linux - Stop service by killing process
# needs: kill
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 6 ]; do sleep 30 & i=$((i+1)); done; (pkill -9 -x ho-none; killall -9 ho-none) 2>/dev/null; kill -9 $(jobs -p) 2>/dev/null; wait 2>/dev/null; true
exit 0
