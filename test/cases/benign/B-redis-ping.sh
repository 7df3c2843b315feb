#!/bin/sh
# case: B-redis-ping
# technique: A store asked for its state
# source: operations practice
# needs: redis-cli
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need redis-cli
redis-cli -h 127.0.0.1 -p 6379 ping >/dev/null 2>&1; redis-cli --version >/dev/null
exit 0
