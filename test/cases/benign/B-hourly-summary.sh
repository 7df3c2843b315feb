#!/bin/sh
# case: B-hourly-summary
# technique: Numbers of a log counted
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
i=0; while [ $i -lt 150 ]; do echo "GET /$i 200"; i=$((i+1)); done > "$W/a.log"; awk "{n[\$3]++} END{for(k in n) print k,n[k]}" "$W/a.log" > "$W/s"; wc -l "$W/a.log" >/dev/null
exit 0
