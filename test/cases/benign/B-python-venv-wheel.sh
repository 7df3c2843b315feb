#!/bin/sh
# case: B-python-venv-wheel
# technique: Python application starts for the first time: modules compiled, package data read
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
mkdir -p "$W/app/pkg"; for k in a b c d; do echo "import json,hashlib,datetime;v='$k'" > "$W/app/pkg/$k.py"; done; : > "$W/app/pkg/__init__.py"; echo 'import pkg.a,pkg.b,pkg.c,pkg.d;print(pkg.d.v)' > "$W/app/main.py"
cd "$W/app" && python3 main.py >/dev/null && python3 -m compileall -q pkg
exit 0
