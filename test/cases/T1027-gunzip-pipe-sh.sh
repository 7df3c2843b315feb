#!/bin/sh
# case: T1027-gunzip-pipe-sh
# technique: Packed script run from a pipe
# source: redcanaryco/atomic-red-team T1027; T1140
# needs: gzip
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need gzip
echo 'id >/dev/null' | gzip -c | gzip -dc | sh
exit 0
