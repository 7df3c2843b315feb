#!/bin/sh
# case: T1486-renamed-by-loop
# technique: Decoys renamed with another extension by a loop
# source: redcanaryco/atomic-red-team T1486
# needs: mv
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
need mv
mkdir "$W/doc"; i=0; while [ $i -lt 20 ]; do echo $i > "$W/doc/$i.pdf"; i=$((i+1)); done; for f in "$W"/doc/*.pdf; do mv "$f" "$f.zzz"; done
exit 0
