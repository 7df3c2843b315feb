#!/bin/sh
# case: B-wait-for-port
# technique: Start script waits for the sink's port
# source: operations practice
# needs: sh
# expect: net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 3 ]; do (nc -z -w 1 127.0.0.1 8099 || true) >/dev/null 2>&1; i=$((i+1)); done
exit 0
