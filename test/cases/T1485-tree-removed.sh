#!/bin/sh
# case: T1485-tree-removed
# technique: Directory with many files removed
# source: redcanaryco/atomic-red-team T1485-2 macOS/Linux - Overwrite file with DD / rm
# needs: rm
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need rm
mkdir -p /srv/ho.data; i=0; while [ $i -lt 150 ]; do echo x > /srv/ho.data/f$i; i=$((i+1)); done; find /srv/ho.data -type f -delete 2>/dev/null; rm -rf /srv/ho.data; true
exit 0
