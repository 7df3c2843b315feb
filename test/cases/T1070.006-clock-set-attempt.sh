#!/bin/sh
# case: T1070.006-clock-set-attempt
# technique: System clock set
# source: redcanaryco/atomic-red-team T1070.006
# needs: date
# expect: priv evasion capability syscall exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need date
date -s "@$(date +%s)" >/dev/null 2>&1; true
exit 0
