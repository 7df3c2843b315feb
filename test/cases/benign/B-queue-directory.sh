#!/bin/sh
# case: B-queue-directory
# technique: Spool directory worked off
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
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/new" "$W/done"; for k in 1 2 3 4 5 6; do echo $k > "$W/new/$k.msg"; done; for f in "$W"/new/*; do cat "$f" >/dev/null; mv "$f" "$W/done/"; done
exit 0
