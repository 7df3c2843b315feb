#!/bin/sh
# case: T1210-redis-configuration
# technique: Store told to write its data where programs are
# source: redis CONFIG SET dir attacks; TeamTNT
# needs: nc
# expect: net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
printf 'CONFIG SET dir /var/spool/cron\r\nCONFIG SET dbfilename root\r\nQUIT\r\n' | timeout 2 nc -w 1 127.0.0.1 6379 >/dev/null 2>&1; true
exit 0
