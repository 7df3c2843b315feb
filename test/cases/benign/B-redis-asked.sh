#!/bin/sh
# case: B-redis-asked
# technique: Operator asks redis for its state
# source: operations practice
# needs: docker
# expect: exec
# where: host
# image: debian
# in: redis
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
for q in 'info' 'slowlog get 10' 'client list' 'memory doctor' 'dbsize'; do "$D" exec "$TARGET" redis-cli $q >/dev/null; done; "$D" exec "$TARGET" redis-cli --bigkeys >/dev/null
exit 0
