#!/bin/sh
# case: B-graceful-shutdown
# technique: Worker told to end, finishes its work
# source: operations practice
# needs: kill grep
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
sh -c 'trap "echo drained > $1/state; exit 0" TERM; while :; do sleep 1; done' x "$W" & P=$!; sleep 2; kill -TERM $P; wait $P; grep -q drained "$W/state"
exit 0
