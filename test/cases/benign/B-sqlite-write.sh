#!/bin/sh
# case: B-sqlite-write
# technique: Embedded database written
# source: operations practice
# needs: sh
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
python3 -c 'import sqlite3,sys
c=sqlite3.connect(sys.argv[1]);c.execute("create table t(a)");c.executemany("insert into t values(?)",[(i,) for i in range(300)]);c.commit()' "$W/a.db"
exit 0
