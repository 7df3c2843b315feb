#!/bin/sh
# case: T1037.005-rc-common
# technique: Boot scripts: rc.common and rc.d link
# source: redcanaryco/atomic-red-team T1037.004-2
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/rc.common /etc/rc2.d/S99ho; rmdir /etc/rc2.d 2>/dev/null' EXIT; trap 'exit 1' INT TERM
[ -e /etc/rc.common ] && exit 77; echo ': ho' > /etc/rc.common || exit 77; mkdir -p /etc/rc2.d; ln -s /bin/true /etc/rc2.d/S99ho
exit 0
