#!/bin/sh
# case: B-python-subprocess-convert
# technique: Python calls a tool for conversion
# source: operations practice
# needs: python3
# expect: exec
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
echo abc > "$W/in"; python3 -c 'import subprocess,sys;subprocess.run(["gzip","-k",sys.argv[1]],check=True)' "$W/in"
exit 0
