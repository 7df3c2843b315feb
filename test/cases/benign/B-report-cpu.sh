#!/bin/sh
# case: B-report-cpu
# technique: Monthly report: some seconds of computing and sorting
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
need awk sort
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
awk 'BEGIN{srand(1);for(i=0;i<200000;i++)print rand()}' | sort -n > "$W/sorted"; awk '{s+=$1}END{print s/NR}' "$W/sorted" >/dev/null
exit 0
