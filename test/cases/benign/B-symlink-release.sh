#!/bin/sh
# case: B-symlink-release
# technique: Release link swapped
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
mkdir "$W/1" "$W/2"; ln -s 1 "$W/cur"; ln -s 2 "$W/new"; mv -f "$W/new" "$W/cur" 2>/dev/null; ls -l "$W" >/dev/null
exit 0
