#!/bin/sh
# case: B-sqlite-report
# technique: Rows read from a database of one file
# source: operations practice
# needs: sh
# expect: exec file
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
c=sqlite3.connect(sys.argv[1]);c.execute("create table t(a)");print(c.execute("select count(*) from t").fetchone())' "$W/x.db" >/dev/null
exit 0
