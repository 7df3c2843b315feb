#!/bin/sh
# case: T1070.002-lines-removed
# technique: Lines of a log taken out
# source: MITRE ATT&CK T1070.002; redcanaryco/atomic-red-team T1070.002
# needs: sed
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /var/log ] || exit 77; trap 'rm -f /var/log/ho-secure.log /var/log/ho-wtmp' EXIT
printf 'ok\nFailed password for root\nok\n' > /var/log/ho-secure.log; cp /var/log/ho-secure.log /var/log/ho-wtmp
sed -i '/Failed password/d' /var/log/ho-secure.log; dd if=/dev/zero of=/var/log/ho-wtmp bs=64 count=1 2>/dev/null
exit 0
