#!/bin/sh
# case: B-disk-usage-check
# technique: df and du asked by a monitor
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
df -k / >/dev/null; du -sk /tmp >/dev/null 2>&1; free >/dev/null 2>&1; cat /proc/loadavg >/dev/null
exit 0
