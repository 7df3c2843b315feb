#!/bin/sh
# case: B-redis-settings-changed
# technique: Limits of redis changed while it runs
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
"$D" exec "$TARGET" redis-cli config set maxmemory 200mb >/dev/null; "$D" exec "$TARGET" redis-cli config set slowlog-log-slower-than 5000 >/dev/null; "$D" exec "$TARGET" redis-cli config get maxmemory >/dev/null; "$D" exec "$TARGET" redis-cli bgrewriteaof >/dev/null; sleep 1
exit 0
