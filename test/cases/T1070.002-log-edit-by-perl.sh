#!/bin/sh
# case: T1070.002-log-edit-by-perl
# technique: Logs: lines with an address dropped in place
# source: Sigma; logtamper tools
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/log/ho.log /var/log/ho.log.bak' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/log; printf 'a 10.0.0.1\nb\n' > /var/log/ho.log || exit 77; perl -ni -e 'print unless /10\.0\.0\.1/' /var/log/ho.log 2>/dev/null || sed -i '/10\.0\.0\.1/d' /var/log/ho.log; : > /var/log/lastlog.ho; rm -f /var/log/lastlog.ho; true
exit 0
