#!/bin/sh
# case: B-log-followed
# technique: Own log followed while it grows
# source: operations practice
# needs: tail
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
need tail
: > "$W/a.log"; tail -f "$W/a.log" >/dev/null & P=$!; i=0; while [ $i -lt 3 ]; do echo $i >> "$W/a.log"; sleep 1; i=$((i+1)); done; kill $P; wait $P 2>/dev/null; true
exit 0
