#!/bin/sh
# case: T1027.004-cc-in-tmp
# technique: Program compiled after delivery
# source: redcanaryco/atomic-red-team T1027.004-3 C compile
# needs: gcc|python3
# expect: exec evasion file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
if command -v cc >/dev/null 2>&1; then echo 'int main(){return 0;}' > "$W/a.c"; cc -o "$W/a" "$W/a.c" && "$W/a"; else need python3; echo 'import os; os.system("id >/dev/null")' > "$W/a.py"; python3 -m py_compile "$W/a.py"; python3 "$W"/__pycache__/*.pyc; fi
exit 0
