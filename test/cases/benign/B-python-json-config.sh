#!/bin/sh
# case: B-python-json-config
# technique: Python reads and writes its configuration
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
p=sys.argv[1];json.dump({"a":1},open(p+".tmp","w"));os.replace(p+".tmp",p);json.load(open(p))' "$W/config.json" 
exit 0
