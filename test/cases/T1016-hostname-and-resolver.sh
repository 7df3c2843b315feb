#!/bin/sh
# case: T1016-hostname-and-resolver
# technique: Host name, resolver and hosts looked up
# source: redcanaryco/atomic-red-team T1016-3
# needs: hostname
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need hostname
hostname -I >/dev/null 2>&1; cat /etc/resolv.conf /etc/hosts >/dev/null 2>&1; true
exit 0
