#!/bin/sh
# case: B-watchdog
# technique: Watchdog looks whether the worker lives
# source: operations practice
# needs: kill
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill
sleep 6 & P=$!; for i in 1 2 3; do kill -0 $P; [ -d /proc/$P ]; read -r l < /proc/$P/stat; sleep 1; done; kill $P; wait $P 2>/dev/null; true
exit 0
