#!/bin/sh
# case: T1486-tar-and-delete
# technique: Encrypted for impact: files packed with a key, originals removed
# source: redcanaryco/atomic-red-team T1486-2 7z; Conti Linux
# needs: sh
# expect: file resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/docs"; i=0; while [ $i -lt 30 ]; do head -c 2000 /dev/urandom > "$W/docs/$i.xlsx"; i=$((i+1)); done; for f in "$W"/docs/*.xlsx; do tr 'a-z' 'b-za' < "$f" > "$f.enc" && rm -f "$f"; done; echo pay > "$W/docs/HOW_TO_RESTORE.txt"
exit 0
