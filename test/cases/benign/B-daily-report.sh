#!/bin/sh
# case: B-daily-report
# technique: A report from the access log
# source: operations practice
# needs: awk sort uniq
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
need awk sort uniq
i=0; while [ $i -lt 300 ]; do echo "10.0.0.$((i%7)) GET /p$((i%11)) 200 $((i*3))"; i=$((i+1)); done > "$W/access.log"
awk '{n[$3]++; b[$3]+=$5} END {for (p in n) print n[p], b[p], p}' "$W/access.log" | sort -rn | head -5 > "$W/report.txt"; cut -d' ' -f1 "$W/access.log" | sort | uniq -c | sort -rn >> "$W/report.txt"; mv "$W/report.txt" "$W/report-$(date +%F).txt"
exit 0
