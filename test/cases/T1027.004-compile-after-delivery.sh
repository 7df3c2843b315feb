#!/bin/sh
# case: T1027.004-compile-after-delivery
# technique: Source delivered, compiled and run
# source: redcanaryco/atomic-red-team T1027.004-2 Dynamic C# Compile (Python form)
# needs: python3
# expect: exec drift file
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
printf 'import os\nos.getpid()\n' > "$W/m.py"; python3 -m py_compile "$W/m.py"; P=$(find "$W/__pycache__" -name '*.pyc' | head -n 1); python3 "$P"
exit 0
