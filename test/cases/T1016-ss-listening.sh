#!/bin/sh
# case: T1016-ss-listening
# technique: Listening sockets listed
# source: redcanaryco/atomic-red-team T1049-4
# needs: ss
# expect: recon exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ss
ss -tlnp >/dev/null 2>&1; true
exit 0
