#!/bin/sh
# case: T1614-timezone-locale
# technique: Location: timezone, locale and outside address asked
# source: redcanaryco/atomic-red-team T1614-2; Outlaw
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(cat /etc/timezone; locale; ls -la /etc/localtime; date +%Z; echo $LANG) >/dev/null 2>&1; (timeout 2 wget -q -O - http://ifconfig.me || timeout 2 curl -s -m 1 http://ipinfo.io) >/dev/null 2>&1; true
exit 0
