#!/bin/sh
# case: B-health-process
# technique: Health check by process
# source: operations practice
# needs: pgrep|pidof
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for i in 1 2 3; do (pgrep -f carrier || pidof sh) >/dev/null 2>&1; test -d /proc/1; sleep 1; done; true
exit 0
