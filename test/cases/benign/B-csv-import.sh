#!/bin/sh
# case: B-csv-import
# technique: Table of twenty thousand lines sorted and summed
# source: operations practice
# needs: awk sort
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need awk sort
awk 'BEGIN{for(i=0;i<20000;i++)print i%97","i}' > "$W/t.csv"; sort -t, -k1n "$W/t.csv" > "$W/s.csv"; awk -F, '{s[$1]+=$2}END{for(k in s)n++;print n}' "$W/s.csv" >/dev/null
exit 0
