#!/bin/sh
# case: B-spool-queue
# technique: Messages moved between the directories of a queue
# source: operations practice
# needs: mv
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
need mv
mkdir -p "$W/q/new" "$W/q/cur" "$W/q/done"; i=0; while [ $i -lt 40 ]; do echo m > "$W/q/new/$i.msg"; mv "$W/q/new/$i.msg" "$W/q/cur/"; mv "$W/q/cur/$i.msg" "$W/q/done/"; i=$((i+1)); done; true
exit 0
