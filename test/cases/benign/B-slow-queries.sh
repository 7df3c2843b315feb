#!/bin/sh
# case: B-slow-queries
# technique: Slow queries taken out of a log
# source: operations practice
# needs: awk gzip
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
need awk gzip
i=0; while [ $i -lt 300 ]; do echo "duration: $((i%90*30)) ms statement: select $i"; i=$((i+1)); done > "$W/postgres.log"
awk '$2 > 1000' "$W/postgres.log" | sort -k2 -rn | head -20 > "$W/slow.txt"; gzip "$W/postgres.log"; wc -l < "$W/slow.txt" >/dev/null
exit 0
