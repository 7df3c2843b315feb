#!/bin/sh
# case: T1562.006-log-forwarding-changed
# technique: Rule of the system log that throws away
# source: MITRE T1562.006
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/rsyslog.d; N=; [ -d $D ] || { N=1; mkdir -p $D || exit 77; }; echo ':msg, contains, "ho" stop' > $D/00-ho.conf; rm -f $D/00-ho.conf; [ -n "$N" ] && rmdir $D; true
exit 0
