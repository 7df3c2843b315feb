#!/bin/sh
# case: B-cron-like-job
# technique: Job of every minute: date, sum, report
# source: operations practice
# needs: date sort
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need date sort
d=$(date +%F); for i in 5 3 9 1; do echo $i; done | sort -n > "$W/report-$d.txt"; head -n 1 "$W/report-$d.txt" >/dev/null; sleep 1
exit 0
