#!/bin/sh
# case: B-package-cache
# technique: Cache of a package tool filled: many hashed names
# source: operations practice
# needs: mkdir
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
i=10; while [ $i -lt 60 ]; do mkdir -p "$W/.cache/pip/http/$i"; echo x > "$W/.cache/pip/http/$i/a${i}f3b2c1"; i=$((i+1)); done
exit 0
