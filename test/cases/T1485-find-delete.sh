#!/bin/sh
# case: T1485-find-delete
# technique: Data directory emptied by find
# source: redcanaryco/atomic-red-team T1485-2; TeamTNT
# needs: find
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /var/lib/ho-data' EXIT; trap 'exit 1' INT TERM
need find
mkdir -p /var/lib/ho-data || exit 77; i=0; while [ $i -lt 60 ]; do echo $i > /var/lib/ho-data/$i.dat; i=$((i+1)); done; find /var/lib/ho-data -type f -delete
exit 0
