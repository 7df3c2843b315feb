#!/bin/sh
# case: B-redis-cli-info
# technique: Operator asks redis for memory, clients and slow commands
# source: operations practice
# needs: docker
# expect: exec net
# where: host
# image: debian
# caps: none
# seen: operator in the container of a service
# in: redis
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'redis-cli info memory; redis-cli client list; redis-cli slowlog get 5; redis-cli --bigkeys' >/dev/null
exit 0
