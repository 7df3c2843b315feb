#!/bin/sh
# case: B-resource-metrics
# technique: Numbers of the system read for metrics
# source: operations practice
# needs: cat
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
for i in 1 2 3; do cat /proc/stat /proc/meminfo /proc/loadavg /proc/diskstats /proc/uptime >/dev/null 2>&1; sleep 1; done; true
exit 0
