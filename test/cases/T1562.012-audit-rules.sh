#!/bin/sh
# case: T1562.012-audit-rules
# technique: Rules of auditd and rsyslog written
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
trap 'rm -f /etc/audit/rules.d/ho.rules; [ -n "${M:-}" ] && rmdir /etc/audit/rules.d /etc/audit; rm -f /etc/rsyslog.d/ho.conf; [ -n "${R:-}" ] && rmdir /etc/rsyslog.d; true' EXIT
[ -d /etc/audit ] || M=1; mkdir -p /etc/audit/rules.d 2>/dev/null || exit 77; [ -d /etc/rsyslog.d ] || { R=1; mkdir /etc/rsyslog.d; }
echo '-D' > /etc/audit/rules.d/ho.rules; echo 'auth.* ~' > /etc/rsyslog.d/ho.conf
exit 0
