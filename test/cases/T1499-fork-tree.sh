#!/bin/sh
# case: T1499-fork-tree
# technique: Many processes that wait
# source: madhuakula/kubernetes-goat 13 DoS the Memory/CPU resources
# needs: sh
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 200 ]; do sleep 3 & i=$((i+1)); done; wait; true
exit 0
