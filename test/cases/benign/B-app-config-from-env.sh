#!/bin/sh
# case: B-app-config-from-env
# technique: Configuration printed from variables
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
PORT=80; export PORT; sed "s/x/$PORT/" > "$W/c" <<E
listen x
E
grep -q 80 "$W/c"
exit 0
