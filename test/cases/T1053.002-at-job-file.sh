#!/bin/sh
# case: T1053.002-at-job-file
# technique: Job for at dropped in the spool
# source: redcanaryco/atomic-red-team T1053.002-2 At - Schedule a job
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /var ] || { echo "SKIP: /var not writable"; exit 77; }; mkdir -p /var/spool/cron/atjobs 2>/dev/null || exit 77; echo true > /var/spool/cron/atjobs/a00001ho; rm -f /var/spool/cron/atjobs/a00001ho; rmdir /var/spool/cron/atjobs /var/spool/cron /var/spool 2>/dev/null; true
exit 0
