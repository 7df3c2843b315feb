#!/bin/sh
# case: T1059.006-python-script-in-tmp
# technique: Python script dropped and run
# source: redcanaryco/atomic-red-team T1059.006-2; Falco
# needs: python3
# expect: exec file
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
printf 'import os\nos.popen("id").read()\n' > "$W/x.py"; python3 "$W/x.py"
exit 0
