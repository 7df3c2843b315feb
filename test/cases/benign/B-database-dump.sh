#!/bin/sh
# case: B-database-dump
# technique: Own database dumped and compressed
# source: operations practice
# needs: python3 gzip
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
need python3 gzip
python3 -c 'import sqlite3,sys
c=sqlite3.connect(":memory:");c.execute("create table t(a)");c.executemany("insert into t values(?)",[(i,) for i in range(3000)]);print(chr(10).join(c.iterdump()))' > "$W/dump.sql"; gzip "$W/dump.sql"
exit 0
