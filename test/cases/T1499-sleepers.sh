#!/bin/sh
# case: T1499-sleepers
# technique: Process table filled with sleepers
# source: madhuakula/kubernetes-goat 13
# needs: sleep
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sleep
i=0; P=; while [ $i -lt 180 ]; do sleep 20 & P="$P $!"; i=$((i+1)); done; sleep 3; kill $P 2>/dev/null; wait 2>/dev/null; true
exit 0
