#!/bin/sh
# case: B-settings-edited
# technique: Settings in JSON changed and put in place
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
python3 -c 'import json,os,sys
p=sys.argv[1]+"/settings.json";json.dump({"a":1},open(p,"w"));d=json.load(open(p));d["a"]=2
with open(p+".tmp","w") as f: json.dump(d,f);f.flush();os.fsync(f.fileno())
os.replace(p+".tmp",p)' "$W"
exit 0
