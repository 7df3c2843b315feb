#!/bin/sh
# case: B-report-sorted
# technique: A report made with sort, uniq, awk
# source: operations practice
# needs: sh
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
i=0; while [ $i -lt 200 ]; do echo "$((i % 7)) $i"; i=$((i+1)); done > "$W/in"; sort -n "$W/in" | awk '{n[$1]++} END {for (k in n) print k, n[k]}' | sort > "$W/report"; uniq -c "$W/report" >/dev/null
exit 0
