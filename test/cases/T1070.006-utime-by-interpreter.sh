#!/bin/sh
# case: T1070.006-utime-by-interpreter
# technique: Times of a file forged by an interpreter
# source: redcanaryco/atomic-red-team T1070.006
# needs: python3
# expect: file evasion
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
python3 -c 'import os,sys
p=sys.argv[1];open(p,"w").write("x");os.utime(p,(946684800,946684800))' "$W/f"
exit 0
