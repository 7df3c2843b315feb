#!/bin/sh
# case: T1485-files-emptied-in-work-directory
# technique: Decoys emptied by redirections
# source: redcanaryco/atomic-red-team T1485
# needs: sh
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
mkdir "$W/data"; i=0; while [ $i -lt 30 ]; do echo $i > "$W/data/$i.txt"; i=$((i+1)); done; for f in "$W"/data/*; do : > "$f"; done
exit 0
