#!/bin/sh
# case: T1053.002-at-and-batch
# technique: At: at, atq, batch asked for
# source: redcanaryco/atomic-red-team T1053.002-2 At - Schedule a job
# needs: sh
# expect: exec persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
echo 'id' | at now + 1 minute >/dev/null 2>&1; atq >/dev/null 2>&1; mkdir -p /var/spool/atjobs 2>/dev/null && : > /var/spool/atjobs/a0001 && rm -f /var/spool/atjobs/a0001; rmdir /var/spool/atjobs 2>/dev/null; true
exit 0
