#!/bin/sh
# case: T1518-dpkg-list
# technique: Installed packages listed
# source: redcanaryco/atomic-red-team T1518; Sigma lnx software discovery
# needs: dpkg
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dpkg
dpkg -l >/dev/null 2>&1; dpkg-query -W -f '${Package}\n' >/dev/null 2>&1; true
exit 0
