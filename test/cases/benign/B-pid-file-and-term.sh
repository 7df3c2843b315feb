#!/bin/sh
# case: B-pid-file-and-term
# technique: A service writes its pid, is stopped with TERM
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
sh -c 'trap "exit 0" TERM; while :; do sleep 1; done' & P=$!; echo $P > "$W/run.pid"; sleep 2; kill -TERM "$(cat "$W/run.pid")"; wait 2>/dev/null; true
exit 0
