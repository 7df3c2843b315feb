#!/bin/sh
# case: T1562.006-rsyslog-kill-and-conf
# technique: Logging: rsyslog configuration written and daemon signalled
# source: redcanaryco/atomic-red-team T1562.006-1 Auditing Configuration Changes on Linux Host
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/rsyslog.conf /etc/audit/auditd.conf; rmdir /etc/audit 2>/dev/null' EXIT; trap 'exit 1' INT TERM
[ -e /etc/rsyslog.conf ] && exit 77; echo '*.* /dev/null' > /etc/rsyslog.conf || exit 77; mkdir -p /etc/audit; echo 'log_file=/dev/null' > /etc/audit/auditd.conf; killall -HUP rsyslogd 2>/dev/null; true
exit 0
