#!/bin/sh
# case: B-log-rotated-by-mv
# technique: Log renamed and begun anew
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
echo l > "$W/app.log"; mv "$W/app.log" "$W/app.log.1"; : > "$W/app.log"; gzip "$W/app.log.1"; echo l >> "$W/app.log"
exit 0
