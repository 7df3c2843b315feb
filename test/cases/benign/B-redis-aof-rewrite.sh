#!/bin/sh
# case: B-redis-aof-rewrite
# technique: redis told to keep an append-only file, then to rewrite it
# source: operations practice
# needs: docker
# expect: exec file
# where: host
# image: debian
# caps: none
# seen: -
# in: redis
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" redis-cli config set appendonly yes >/dev/null; sleep 1; "$D" exec "$TARGET" redis-cli bgrewriteaof >/dev/null; sleep 2; "$D" exec "$TARGET" redis-cli config set appendonly no >/dev/null
exit 0
