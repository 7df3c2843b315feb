#!/bin/sh
# case: T1059.004-find-exec
# technique: Shell run by find
# source: GTFOBins find
# needs: find
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find /etc/hostname -exec /bin/sh -c 'id >/dev/null' \; -quit 2>/dev/null || find /etc -maxdepth 0 -exec /bin/sh -c 'id >/dev/null' \;; true
exit 0
