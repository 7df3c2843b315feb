#!/bin/sh
# case: B-postgres-migrated
# technique: Schema migrated with psql
# source: operations practice
# needs: docker
# expect: exec file
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
"$D" exec -e PGHOST=127.0.0.1 "$TARGET" psql -qd postgres -c 'create table ho_orders (id serial primary key, name text)' -c 'alter table ho_orders add column paid boolean default false' -c 'create index on ho_orders (name)' -c 'insert into ho_orders (name) select md5(g::text) from generate_series(1, 5000) g' -c 'drop table ho_orders' >/dev/null
exit 0
