#!/bin/sh
# case: B-wheel-unpacked
# technique: A package unpacked into the application and used
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
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 - "$W" <<'X'
import sys,zipfile,os
w=sys.argv[1]
z=zipfile.ZipFile(w+'/ho_tool-1.0-py3-none-any.whl','w')
z.writestr('ho_tool/__init__.py','value=1\n');z.writestr('ho_tool/main.py','def run():\n    return 2\n');z.writestr('ho_tool-1.0.dist-info/METADATA','Name: ho-tool\n');z.close()
zipfile.ZipFile(w+'/ho_tool-1.0-py3-none-any.whl').extractall(w+'/lib/python3.11/site-packages')
sys.path.insert(0,w+'/lib/python3.11/site-packages')
import ho_tool.main
assert ho_tool.main.run()==2
X
exit 0
