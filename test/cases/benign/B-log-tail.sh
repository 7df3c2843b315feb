#!/bin/sh
# case: B-log-tail
# technique: Own log followed and counted
# source: operations practice
# needs: tail grep
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
need tail grep
i=0; while [ $i -lt 100 ]; do echo "INFO $i"; i=$((i+1)); done > "$W/app.log"; tail -n 20 "$W/app.log" >/dev/null; grep -c ERROR "$W/app.log" >/dev/null; wc -l "$W/app.log" >/dev/null; true
exit 0
