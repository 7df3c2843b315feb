#!/bin/sh
# case: B-child-restarted
# technique: Child ended and started again
# source: operations practice
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for k in 1 2 3; do sleep 20 & P=$!; sleep 1; kill "$P"; wait "$P" 2>/dev/null; done; true
exit 0
