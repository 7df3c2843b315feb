#!/bin/sh
# case: B-sqlite-migration
# technique: Schema migration of an application database
# source: operations practice
# needs: python3
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
python3 - "$W/app.db" <<'E'
import sqlite3,sys
d=sqlite3.connect(sys.argv[1]);d.execute('pragma journal_mode=wal')
d.execute('create table user(id integer primary key, mail text)')
d.executemany('insert into user(mail) values(?)',[(f'u{i}@example.org',) for i in range(2000)]);d.commit()
d.execute('alter table user add column seen integer default 0');d.execute('create index user_mail on user(mail)')
d.execute('update user set seen=id');d.commit();d.execute('vacuum');d.close()
E
exit 0
