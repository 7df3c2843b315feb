#!/bin/sh
# case: B-redis-backed-up
# technique: Snapshot of redis written and copied out
# source: operations practice
# needs: docker
# expect: exec file
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
"$D" exec "$TARGET" redis-cli bgsave >/dev/null; sleep 2; "$D" exec "$TARGET" redis-cli lastsave >/dev/null; T=$(mktemp -d); "$D" cp "$TARGET:/var/lib/redis/dump.rdb" "$T/" >/dev/null; rm -rf "$T"
exit 0
