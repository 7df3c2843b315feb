#!/bin/sh
# case: B-python-database-changed
# technique: Column added to the database of an application
# source: operations practice
# needs: docker
# expect: exec file
# where: host
# image: debian
# in: python
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" python3 -c 'import sqlite3
c=sqlite3.connect("/var/lib/app.db",timeout=30);c.execute("create table if not exists ho (a)");c.execute("alter table ho add column b");c.execute("drop table ho");c.commit()' 
exit 0
