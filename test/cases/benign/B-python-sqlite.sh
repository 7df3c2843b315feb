#!/bin/sh
# case: B-python-sqlite
# technique: Rows written in a database of one file
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
python3 -c 'import sqlite3,sys
c=sqlite3.connect(sys.argv[1]);c.execute("create table t(a)");c.executemany("insert into t values(?)",[(i,) for i in range(500)]);c.commit();c.execute("vacuum");c.close()' "$W/app.db" 
exit 0
