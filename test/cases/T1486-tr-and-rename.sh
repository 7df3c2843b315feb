#!/bin/sh
# case: T1486-tr-and-rename
# technique: Files scrambled and renamed by shell tools
# source: redcanaryco/atomic-red-team T1486-1 (same goal); RansomEXX linux
# needs: tr mv
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
need tr mv
mkdir "$W/doc"; i=0; while [ $i -lt 40 ]; do echo "text $i" > "$W/doc/$i.txt"; i=$((i+1)); done
for f in "$W"/doc/*.txt; do tr 'a-y' 'b-z' < "$f" > "$f.locked" && rm "$f"; done; echo pay > "$W/doc/HOW_TO_RESTORE.txt"
exit 0
