#!/bin/sh
# case: B-name-resolved
# technique: Own name and localhost resolved
# source: operations practice
# needs: sh
# expect: net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(getent hosts localhost || nslookup localhost) >/dev/null 2>&1; getent hosts "$(hostname)" >/dev/null 2>&1; true
exit 0
