#!/bin/sh
# case: B-healthcheck-redis-ping
# technique: Health check of redis on the command line
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
for k in 1 2 3; do "$D" exec "$TARGET" redis-cli ping >/dev/null || exit 1; sleep 1; done
exit 0
