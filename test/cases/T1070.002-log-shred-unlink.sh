#!/bin/sh
# case: T1070.002-log-shred-unlink
# technique: Logs: shredded and unlinked under /var/log
# source: redcanaryco/atomic-red-team T1070.002-10 Delete system log files using shred utility; falcosecurity/rules Clear Log Activities
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/log/ho-auth.log /var/log/ho-syslog' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/log; echo l > /var/log/ho-auth.log || exit 77; echo l > /var/log/ho-syslog; shred -u /var/log/ho-auth.log 2>/dev/null || rm -f /var/log/ho-auth.log; unlink /var/log/ho-syslog
exit 0
