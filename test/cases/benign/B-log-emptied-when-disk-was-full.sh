#!/bin/sh
# case: B-log-emptied-when-disk-was-full
# technique: A log below /var/log emptied in place, the process keeps writing
# source: operations practice
# needs: sh
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/var/log/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
i=0; while [ $i -lt 2000 ]; do echo "debug line $i of a chatty release"; i=$((i+1)); done > "$W/debug.log"
( i=0; while [ $i -lt 5 ]; do echo "still here $i" >> "$W/debug.log"; sleep 1; i=$((i+1)); done ) & P=$!
sleep 1; : > "$W/debug.log"; command -v truncate >/dev/null 2>&1 && truncate -s 0 "$W/debug.log"; wait "$P"; test -s "$W/debug.log"
exit 0
