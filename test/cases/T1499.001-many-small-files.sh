#!/bin/sh
# case: T1499.001-many-small-files
# technique: Thousands of small files made
# source: inode exhaustion
# needs: sh
# expect: resource file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/i"; i=0; while [ $i -lt 4000 ]; do : > "$W/i/f$i.$$"; i=$((i+1)); done; true
exit 0
