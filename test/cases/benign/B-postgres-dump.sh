#!/bin/sh
# case: B-postgres-dump
# technique: Database dumped to a file and the dump read
# source: operations practice
# needs: docker
# expect: exec file net
# where: host
# image: debian
# caps: none
# seen: -
# in: postgres
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'pg_dump -h 127.0.0.1 -U postgres > /tmp/dump.sql; wc -c /tmp/dump.sql; rm /tmp/dump.sql' >/dev/null 2>&1; true
exit 0
