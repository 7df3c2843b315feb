#!/bin/sh
# case: B-thumbnail-batch
# technique: Files converted in a loop
# source: operations practice
# needs: sh
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
for k in 1 2 3 4; do head -c 5000 /dev/urandom > "$W/$k.raw"; gzip -c "$W/$k.raw" > "$W/$k.gz"; done; rm -f "$W"/*.raw
exit 0
