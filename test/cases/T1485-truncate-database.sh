#!/bin/sh
# case: T1485-truncate-database
# technique: Data destruction: find -exec truncate on data files
# source: elastic; redcanaryco/atomic-red-team T1485
# needs: truncate
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need truncate
mkdir "$W/data"; i=0; while [ $i -lt 25 ]; do head -c 4096 /dev/zero > "$W/data/$i.db"; i=$((i+1)); done; find "$W/data" -type f -exec truncate -s 0 {} \; ; rm -rf "$W/data"
exit 0
