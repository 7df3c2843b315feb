#!/bin/sh
# case: B-redis-restart
# technique: A store starts and stops with TERM
# source: operations practice
# needs: redis-server
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need redis-server
redis-server --port 26390 --save '' --daemonize no >/dev/null 2>&1 & R=$!; sleep 2; redis-cli -p 26390 set a 1 >/dev/null; kill -TERM $R; wait 2>/dev/null; true
exit 0
