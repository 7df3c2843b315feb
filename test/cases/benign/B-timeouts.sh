#!/bin/sh
# case: B-timeouts
# technique: Tasks that take too long are ended
# source: operations practice
# needs: timeout sleep
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need timeout sleep
for i in 1 2; do timeout 1 sleep 5; done; true
exit 0
