#!/bin/sh
# case: T1556-nologin-and-securetty
# technique: Authentication: hosts.allow, hosts.equiv and nologin written
# source: PANIX; elastic
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/hosts.equiv /etc/hosts.allow /root/.rhosts' EXIT; trap 'exit 1' INT TERM
[ -e /etc/hosts.equiv ] && exit 77; echo '+ +' > /etc/hosts.equiv || exit 77; echo 'ALL: ALL' > /etc/hosts.allow; echo '+ +' > /root/.rhosts
exit 0
