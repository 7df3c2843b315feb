#!/bin/sh
# case: T1087.001-lslogins-lastlog
# technique: Accounts by getent, lslogins and lastlog
# source: redcanaryco/atomic-red-team T1087.001-6
# needs: getent
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need getent
getent passwd >/dev/null; lslogins >/dev/null 2>&1; lastlog >/dev/null 2>&1; true
exit 0
