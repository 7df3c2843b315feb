#!/bin/sh
# case: B-csv-to-report
# technique: CSV summed by awk and cut
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
i=0; while [ $i -lt 100 ]; do echo "$i,$((i*3)),x"; i=$((i+1)); done > "$W/in.csv"; cut -d, -f1,2 "$W/in.csv" | awk -F, '{s+=$2} END {print s}' > "$W/sum"; tr a-z A-Z < "$W/in.csv" | head -3 >/dev/null
exit 0
