#!/bin/sh
# case: T1030-split-transfer
# technique: Archive cut into pieces for the way out
# source: redcanaryco/atomic-red-team T1030-1 Data Transfer Size Limits
# needs: split
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need split
head -c 262144 /dev/urandom > "$W/a"; split -b 32768 "$W/a" "$W/part."; true
exit 0
