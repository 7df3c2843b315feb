#!/bin/sh
# case: T1046-nc-zero-sweep
# technique: Ports probed one after the other with nc -z
# source: redcanaryco/atomic-red-team T1046-2
# needs: nc
# expect: net recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
for p in 21 22 23 25 110 143 389 445 1433 3306 5432 5900 6379 8443 9200 11211 27017; do nc -z -w 1 127.0.0.1 $p 2>/dev/null; done; true
exit 0
