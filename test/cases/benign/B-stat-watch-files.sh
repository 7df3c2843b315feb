#!/bin/sh
# case: B-stat-watch-files
# technique: Watcher notices that a file of the configuration changed
# source: operations practice
# needs: stat sleep
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need stat sleep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
echo 1 > "$W/c"; a=$(stat -c %Y "$W/c"); sleep 2; echo 2 > "$W/c"; b=$(stat -c %Y "$W/c"); [ "$a" != "$b" ]
exit 0
