#!/bin/sh
# case: T1560.001-gzip-one-file
# technique: One collected file compressed
# source: redcanaryco/atomic-red-team T1560.001-6
# needs: gzip
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip
cp /etc/group "$W/g"; gzip "$W/g"
exit 0
