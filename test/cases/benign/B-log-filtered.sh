#!/bin/sh
# case: B-log-filtered
# technique: Errors of the own log counted
# source: operations practice
# needs: grep sort uniq
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
need grep sort uniq
i=0; while [ $i -lt 300 ]; do echo "error $((i % 7)) at worker"; i=$((i+1)); done > "$W/app.log"; grep -c error "$W/app.log" >/dev/null; cut -d' ' -f2 "$W/app.log" | sort | uniq -c | sort -rn | head -n 3 >/dev/null; true
exit 0
