#!/bin/sh
# case: T1053.003-cron-by-python
# technique: Cron: entry added to /etc/crontab and spool by an interpreter
# source: Sigma; Kinsing
# needs: perl
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/spool/cron/ho-root /etc/cron.d/ho-py; rmdir /var/spool/cron 2>/dev/null' EXIT; trap 'exit 1' INT TERM
need perl
perl -e 'mkdir "/var/spool/cron";for("/var/spool/cron/ho-root","/etc/cron.d/ho-py"){open F,">",$_ or next;print F "* * * * * root true\n";close F}' 
exit 0
