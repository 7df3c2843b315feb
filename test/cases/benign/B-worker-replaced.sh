#!/bin/sh
# case: B-worker-replaced
# technique: Old worker ended, new one started
# source: operations practice
# needs: kill
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill
sh -c "sleep 6" & O=$!; sleep 1; sh -c "sleep 2" & N=$!; kill -TERM "$O"; wait "$O" 2>/dev/null; wait "$N"
exit 0
