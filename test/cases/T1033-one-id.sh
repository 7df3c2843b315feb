#!/bin/sh
# case: T1033-one-id
# technique: Only id
# source: redcanaryco/atomic-red-team T1033-2 System Owner/User Discovery
# needs: id
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need id
id >/dev/null
exit 0
