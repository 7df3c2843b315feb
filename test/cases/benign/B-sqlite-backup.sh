#!/bin/sh
# case: B-sqlite-backup
# technique: Online copy of an application database, integrity checked
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
cat > "$W/backup.py" <<'E'
import sqlite3,sys,os
a=sqlite3.connect(sys.argv[1]+'/live.db');a.execute('create table t(x)');a.executemany('insert into t values(?)',[(i,) for i in range(5000)]);a.commit()
b=sqlite3.connect(sys.argv[1]+'/copy.db.part');a.backup(b);assert b.execute('pragma integrity_check').fetchone()[0]=='ok';b.close()
os.rename(sys.argv[1]+'/copy.db.part',sys.argv[1]+'/copy.db')
E
python3 "$W/backup.py" "$W"
exit 0
