#!/bin/sh
# case: T1546-logrotate-postrotate
# technique: Command hidden in a logrotate configuration
# source: ATT&CK T1546 (log rotation); PANIX logrotate
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/logrotate.d/ho-x' EXIT; trap 'exit 1' INT TERM
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /etc/logrotate.d ] || { mkdir /etc/logrotate.d || exit 77; M=1; }
printf '/var/log/ho.log {\n postrotate\n true\n endscript\n}\n' > /etc/logrotate.d/ho-x; rm -f /etc/logrotate.d/ho-x; [ -n "$M" ] && rmdir /etc/logrotate.d; true
exit 0
