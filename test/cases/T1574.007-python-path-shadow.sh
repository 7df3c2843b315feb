#!/bin/sh
# case: T1574.007-python-path-shadow
# technique: PYTHONPATH shadows a module
# source: redcanaryco/atomic-red-team T1574.007; Elastic Python path file
# needs: python3
# expect: exec file evasion persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
echo 'x=1' > "$W/json.py"; PYTHONPATH=$W python3 -c 'import json'
exit 0
