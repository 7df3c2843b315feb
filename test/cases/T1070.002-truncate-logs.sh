#!/bin/sh
# case: T1070.002-truncate-logs
# technique: System logs emptied
# source: redcanaryco/atomic-red-team T1070.002-4 rm -rf; redcanaryco/atomic-red-team T1070.002-2 Overwrite Linux Mail Spool; falcosecurity/event-generator syscall.ClearLogActivities
# needs: sh
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /var ] || exit 77; M=; [ -d /var/log ] || { mkdir -p /var/log && M=1; }; echo a > /var/log/ho-auth.log; : > /var/log/ho-auth.log; cat /dev/null > /var/log/ho-auth.log; rm -f /var/log/ho-auth.log; [ -n "$M" ] && rmdir /var/log; true
exit 0
