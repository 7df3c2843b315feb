#!/bin/sh
# case: B-dd-preallocate
# technique: Data file allocated beforehand
# source: operations practice
# needs: sh
# expect: file resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
dd if=/dev/zero of="$W/ib.dat" bs=1M count=16 2>/dev/null; sync; rm -f "$W/ib.dat"
exit 0
