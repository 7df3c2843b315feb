#!/bin/sh
# case: B-log-burst
# technique: Thousands of lines logged
# source: operations practice
# needs: sh
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
mkdir -p /var/log/ho-app; i=0; while [ $i -lt 4000 ]; do echo "2026-01-01 error: upstream timed out $i"; i=$((i+1)); done > /var/log/ho-app/error.log; rm -rf /var/log/ho-app; true
exit 0
