#!/bin/sh
# case: B-ps-by-monitor
# technique: Monitor counts processes
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
ps >/dev/null 2>&1; ls /proc | grep -c '^[0-9]' >/dev/null; cat /proc/meminfo /proc/stat >/dev/null
exit 0
