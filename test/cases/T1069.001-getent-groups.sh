#!/bin/sh
# case: T1069.001-getent-groups
# technique: Groups: getent, id of each user, lastlog
# source: redcanaryco/atomic-red-team T1069.001-1 Permission Groups Discovery (Local)
# needs: sh
# expect: recon cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(getent group; getent passwd; groups; for u in root daemon nobody www-data; do id $u; done; lastlog; last; faillog -a; cat /etc/login.defs /etc/security/access.conf) >/dev/null 2>&1; true
exit 0
