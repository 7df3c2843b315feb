#!/bin/sh
# case: B-schema-migration
# technique: Migrations of a database in order, each in a transaction
# source: operations practice
# needs: python3
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("create table if not exists migration(n integer primary key)")
for n, sql in enumerate(["create table item(id integer primary key, name text)", "alter table item add column price real", "create index item_name on item(name)"], 1):
    if d.execute("select 1 from migration where n=?", (n,)).fetchone(): continue
    with d: d.execute(sql); d.execute("insert into migration values (?)", (n,))' "$W/app.db"
exit 0
