#!/bin/sh
# case: B-name-lookup
# technique: Names of peers looked up again
# source: operations practice
# needs: getent|nslookup
# expect: net dns
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for i in 1 2 3; do (getent hosts localhost || nslookup localhost) >/dev/null 2>&1; sleep 1; done; cat /etc/resolv.conf >/dev/null; true
exit 0
