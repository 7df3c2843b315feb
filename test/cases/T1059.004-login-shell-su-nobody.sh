#!/bin/sh
# case: T1059.004-login-shell-su-nobody
# technique: Unix Shell: shell as nobody through su
# source: redcanaryco/atomic-red-team T1078.003-9 Login as nobody (Linux)
# needs: su
# expect: exec priv
# where: container
# image: busybox debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
su nobody -s /bin/sh -c 'id' >/dev/null 2>&1 || su www-data -s /bin/sh -c id >/dev/null 2>&1; true
exit 0
