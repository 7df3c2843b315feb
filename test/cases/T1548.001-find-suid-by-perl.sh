#!/bin/sh
# case: T1548.001-find-suid-by-perl
# technique: Setuid: programs looked for with find -perm -u=s and -g=s
# source: LinPEAS SUID; redcanaryco/atomic-red-team T1548.001-8 Do reconnaissance for files that have the setuid bit set
# needs: sh
# expect: recon priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
find /usr /bin /sbin -perm -u=s -type f >/dev/null 2>&1; find /usr /bin -type f -perm -2000 >/dev/null 2>&1; true
exit 0
