#!/bin/sh
# case: B-logrotate-copytruncate
# technique: Log rotated by copy and truncate, the old one compressed
# source: operations practice
# needs: cp gzip chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cp gzip chmod
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
L=$W/access.log; i=0; while [ $i -lt 200 ]; do echo "10.0.0.$i GET /$i 200"; i=$((i+1)); done > "$L"
cp "$L" "$L.1"; : > "$L"; gzip -f "$L.1"; chmod 640 "$L.1.gz"; echo new >> "$L"; ls -l "$W" >/dev/null
exit 0
