#!/bin/sh
# case: B-postgres-vacuum
# technique: Database vacuumed and its size asked
# source: operations practice
# needs: docker
# expect: exec net
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
"$D" exec "$TARGET" psql -h 127.0.0.1 -U postgres -c 'vacuum analyze' >/dev/null 2>&1 || "$D" exec "$TARGET" psql -c 'vacuum analyze' >/dev/null; "$D" exec "$TARGET" psql -h 127.0.0.1 -U postgres -Atc 'select pg_database_size(current_database())' >/dev/null 2>&1; true
exit 0
