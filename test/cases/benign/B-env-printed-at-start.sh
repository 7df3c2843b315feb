#!/bin/sh
# case: B-env-printed-at-start
# technique: Start script prints settings
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
env | sort | grep -v -i secret >/dev/null; id -u >/dev/null; pwd >/dev/null; ls >/dev/null
exit 0
