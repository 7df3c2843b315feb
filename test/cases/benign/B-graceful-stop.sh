#!/bin/sh
# case: B-graceful-stop
# technique: Worker told to stop finishes its file first
# source: operations practice
# needs: kill
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
need kill
sh -c 'trap "echo done >> $1; exit 0" TERM; while :; do sleep 1; done' w "$W/out" & P=$!; sleep 1; kill -TERM $P; wait $P 2>/dev/null; cat "$W/out" >/dev/null; true
exit 0
