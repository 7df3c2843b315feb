#!/bin/sh
# case: T1556-trusted-hosts
# technique: Hosts that need no password
# source: MITRE T1556
# needs: sh
# expect: persistence file cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
H=${HOME:-/root}; for f in "$H/.rhosts" /etc/hosts.equiv; do [ -e $f ] || { echo '+ +' > $f; rm -f $f; }; done; true
exit 0
