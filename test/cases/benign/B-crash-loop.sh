#!/bin/sh
# case: B-crash-loop
# technique: Task fails and is started again
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
for i in 1 2 3 4 5; do sh -c 'exit 1'; sleep 1; done; true
exit 0
