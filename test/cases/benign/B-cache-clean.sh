#!/bin/sh
# case: B-cache-clean
# technique: Old files of the own cache removed
# source: operations practice
# needs: find
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
need find
mkdir "$W/cache"; i=0; while [ $i -lt 40 ]; do : > "$W/cache/e$i"; i=$((i+1)); done; find "$W/cache" -type f -name "e1*" -exec rm -f {} +; find "$W/cache" -type f -mmin +60 -exec rm -f {} +
exit 0
