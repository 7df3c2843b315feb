#!/bin/sh
# case: B-unpack-many
# technique: Archive of many small files unpacked
# source: operations practice
# needs: tar
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
need tar
mkdir "$W/s" "$W/d"; i=0; while [ $i -lt 150 ]; do echo $i > "$W/s/f$i"; i=$((i+1)); done; tar cf "$W/a.tar" -C "$W/s" .; tar xf "$W/a.tar" -C "$W/d"
exit 0
