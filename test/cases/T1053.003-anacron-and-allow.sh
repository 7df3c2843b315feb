#!/bin/sh
# case: T1053.003-anacron-and-allow
# technique: Cron: anacrontab and cron.allow written
# source: Sigma lnx_file_event persistence cron files
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/anacrontab /etc/cron.allow' EXIT; trap 'exit 1' INT TERM
[ -e /etc/anacrontab ] && exit 77; echo '1 5 ho true' > /etc/anacrontab && echo root > /etc/cron.allow
exit 0
