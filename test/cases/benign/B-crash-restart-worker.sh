#!/bin/sh
# case: B-crash-restart-worker
# technique: Worker crashes with a segmentation fault and is started again
# source: operations practice
# needs: kill sleep
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill sleep
sh -c 'kill -SEGV $$' 2>/dev/null; sh -c 'exit 3'; sleep 1; sh -c 'echo started' >/dev/null; true
exit 0
