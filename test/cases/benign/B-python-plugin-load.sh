#!/bin/sh
# case: B-python-plugin-load
# technique: Plugins found in a directory, written by the deployment, are loaded
# source: operations practice
# needs: python3
# expect: exec file
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
mkdir "$W/plugins"; for k in a b c; do printf 'def run():\n    return "%s"\n' $k > "$W/plugins/$k.py"; done
python3 -c 'import sys,os,importlib
sys.path.insert(0,sys.argv[1])
for n in sorted(os.listdir(sys.argv[1])):
    if n.endswith(".py"): importlib.import_module(n[:-3]).run()' "$W/plugins"
exit 0
