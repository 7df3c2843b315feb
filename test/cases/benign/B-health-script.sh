#!/bin/sh
# case: B-health-script
# technique: A health check that looks at disk, load and a file
# source: operations practice
# needs: df cat
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
df -P / >/dev/null; read -r load rest < /proc/loadavg; [ -w /tmp ] && uptime >/dev/null 2>&1; n=$(ls /tmp | wc -l); [ "$n" -ge 0 ]; test -d /proc/1
exit 0
