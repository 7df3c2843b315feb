#!/bin/sh
# case: B-redis-flush-cache
# technique: Operator empties a cache after a release
# source: operations practice
# needs: docker
# expect: exec net
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
"$D" exec "$TARGET" redis-cli -n 3 flushdb >/dev/null; "$D" exec "$TARGET" redis-cli dbsize >/dev/null
exit 0
