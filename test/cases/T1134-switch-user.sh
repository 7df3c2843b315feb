#!/bin/sh
# case: T1134-switch-user
# technique: Shell of another user started
# source: redcanaryco/atomic-red-team T1548.003 / runuser
# needs: su
# expect: priv exec
# where: container
# image: busybox debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
su -s /bin/sh www-data -c id >/dev/null 2>&1; (setpriv --reuid 33 id) >/dev/null 2>&1; true
exit 0
