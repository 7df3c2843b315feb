#!/bin/sh
# case: B-operator-grep-errors
# technique: Operator searches logs for errors and counts them by hour
# source: operations practice
# needs: grep awk sort uniq
# expect: exec recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep awk sort uniq
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
i=0; while [ $i -lt 300 ]; do echo "2026-01-0$((i%9+1)) 1$((i%10)):00 ERROR timeout token=abc$i"; i=$((i+1)); done > "$W/app.log"; grep -c ERROR "$W/app.log" >/dev/null; awk '{print $2}' "$W/app.log" | sort | uniq -c >/dev/null; zgrep ERROR "$W/app.log" >/dev/null 2>&1; grep -rn "token=" "$W" >/dev/null; true
exit 0
