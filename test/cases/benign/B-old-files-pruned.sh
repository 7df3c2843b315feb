#!/bin/sh
# case: B-old-files-pruned
# technique: Files older than a week removed by find
# source: operations practice
# needs: find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
mkdir "$W/cache"; for k in a b c; do : > "$W/cache/$k"; touch -d '2020-01-01 00:00:00' "$W/cache/$k" 2>/dev/null; done; find "$W/cache" -type f -mtime +7 -exec rm -f {} \;
exit 0
