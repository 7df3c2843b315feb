#!/bin/sh
# case: B-files-synced-with-cp
# technique: A release directory copied and the link swapped
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
mkdir "$W/r1" "$W/r2"; echo 1 > "$W/r1/v"; cp -a "$W/r1/." "$W/r2/"; ln -s r1 "$W/current"; ln -sfn r2 "$W/current"; cat "$W/current/v" >/dev/null
exit 0
