#!/bin/sh
# case: T1486-files-encrypted-shell
# technique: Many files packed with a key and removed (decoys)
# source: redcanaryco/atomic-red-team T1486-2 Encrypt files using 7z
# needs: gzip
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip
mkdir "$W/docs"; i=0; while [ $i -lt 40 ]; do echo "document $i" > "$W/docs/r$i.xlsx"; i=$((i+1)); done
for f in "$W"/docs/*.xlsx; do gzip -c "$f" > "$f.crypt"; rm -f "$f"; done; echo decoy > "$W/docs/HOW_TO_RESTORE.txt"
exit 0
