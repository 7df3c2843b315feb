#!/bin/sh
# case: T1490-backups-removed
# technique: Backups removed
# source: MITRE ATT&CK T1490; redcanaryco/atomic-red-team T1490
# needs: rm
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
M=; [ -d /var/backups ] || { M=1; mkdir /var/backups 2>/dev/null || exit 77; }
trap 'rm -rf /var/backups/ho-*; [ -n "$M" ] && rmdir /var/backups; true' EXIT
i=0; while [ $i -lt 12 ]; do echo dump > /var/backups/ho-$i.dump.gz; i=$((i+1)); done
rm -rf /var/backups/ho-*
exit 0
