#!/bin/sh
# case: T1124-date-and-uptime
# technique: Time and uptime of the system
# source: redcanaryco/atomic-red-team T1124
# needs: uptime
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need uptime
date >/dev/null; uptime >/dev/null
exit 0
