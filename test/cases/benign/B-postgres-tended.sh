#!/bin/sh
# case: B-postgres-tended
# technique: Statistics renewed, settings loaded, activity looked at
# source: operations practice
# needs: docker
# expect: exec
# where: host
# image: debian
# in: postgres
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec -e PGHOST=127.0.0.1 "$TARGET" vacuumdb -qz postgres; "$D" exec -e PGHOST=127.0.0.1 "$TARGET" psql -qAtd postgres -c 'select pg_reload_conf()' -c 'select count(*) from pg_stat_activity' -c 'select pg_size_pretty(pg_database_size(current_database()))' >/dev/null
exit 0
