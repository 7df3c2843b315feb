#!/bin/sh
# case: T1007-services-by-proc
# technique: Services: what listens and runs, from /proc and init.d
# source: redcanaryco/atomic-red-team T1007-3
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ls /etc/init.d /etc/rc3.d /lib/systemd/system; service --status-all; cat /etc/services; cat /etc/inittab) >/dev/null 2>&1; true
exit 0
