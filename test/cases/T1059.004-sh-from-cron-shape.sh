#!/bin/sh
# case: T1059.004-sh-from-cron-shape
# technique: Unix Shell: setsid and nohup leave a loop behind
# source: ShellBot; WatchDog
# needs: setsid
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need setsid
(setsid sh -c 'sleep 2' >/dev/null 2>&1 &); (nohup sh -c 'sleep 2' >/dev/null 2>&1 &); sleep 3
exit 0
