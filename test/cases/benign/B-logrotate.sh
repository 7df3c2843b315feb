#!/bin/sh
# case: B-logrotate
# technique: Log rotated: renamed, new one made, old one compressed
# source: operations practice
# needs: gzip mv
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
need gzip mv
i=0; while [ $i -lt 200 ]; do echo "line $i"; i=$((i+1)); done > "$W/app.log"; mv "$W/app.log" "$W/app.log.1"; : > "$W/app.log"; gzip -c "$W/app.log.1" > "$W/app.log.1.gz"; rm -f "$W/app.log.1"
exit 0
