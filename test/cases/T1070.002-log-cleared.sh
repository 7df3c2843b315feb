#!/bin/sh
# case: T1070.002-log-cleared
# technique: Logs cleared (decoys)
# source: falcosecurity/event-generator syscall.ClearLogActivities; redcanaryco/atomic-red-team T1070.002-8 Overwrite Linux Log
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /var/log ] || exit 77; F=/var/log/ho-auth.log; trap 'rm -f /var/log/ho-auth.log /var/log/ho-secure.log' EXIT; echo one > $F; echo two > /var/log/ho-secure.log; : > $F; cat /dev/null > /var/log/ho-secure.log; truncate -s 0 $F 2>/dev/null; rm -f $F
exit 0
