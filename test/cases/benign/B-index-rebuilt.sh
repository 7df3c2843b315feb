#!/bin/sh
# case: B-index-rebuilt
# technique: Search index rebuilt beside the old one and swapped
# source: operations practice
# needs: python3
# expect: file resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import os,sys,sqlite3,shutil
w=sys.argv[1];os.mkdir(w+"/index")
for n in range(2):
    d=w+"/index.new";os.mkdir(d);c=sqlite3.connect(d+"/i.db");c.execute("create table t(k,v)");c.executemany("insert into t values(?,?)",((str(i),i) for i in range(20000)));c.execute("create index x on t(k)");c.commit();c.close()
    os.rename(w+"/index",w+"/index.old");os.rename(d,w+"/index");shutil.rmtree(w+"/index.old")' "$W"
exit 0
