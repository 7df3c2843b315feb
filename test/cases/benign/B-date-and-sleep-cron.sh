#!/bin/sh
# case: B-date-and-sleep-cron
# technique: A cron-like job three times
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
for k in 1 2 3; do date >/dev/null; uptime >/dev/null 2>&1; sleep 1; done
exit 0
