#!/bin/sh
# case: B-xargs-parallel
# technique: Thumbnails made by four processes at once
# source: operations practice
# needs: xargs head
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need xargs head
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
k=0; while [ $k -lt 16 ]; do head -c 5000 /dev/urandom > "$W/img$k.raw"; k=$((k+1)); done; ls "$W"/*.raw | xargs -n 1 -P 4 sh -c 'head -c 100 "$0" > "$0.thumb"'; ls "$W"/*.thumb | wc -l >/dev/null
exit 0
