#!/bin/sh
# case: B-redis-bgsave
# technique: Snapshot of redis on demand, copied out
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
"$D" exec "$TARGET" redis-cli bgsave >/dev/null; sleep 2; "$D" exec "$TARGET" sh -c 'ls -l /var/lib/redis; sha1sum /var/lib/redis/dump.rdb' >/dev/null; "$D" cp "$TARGET:/var/lib/redis/dump.rdb" - >/dev/null
exit 0
