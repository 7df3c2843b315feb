#!/bin/sh
# case: B-permissions-of-data-dir
# technique: Start script gives the data directory to its user
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
mkdir "$W/data"; : > "$W/data/x"; chown 33:33 "$W/data" "$W/data/x" 2>/dev/null; chmod 750 "$W/data"; ls -ld "$W/data" >/dev/null
exit 0
