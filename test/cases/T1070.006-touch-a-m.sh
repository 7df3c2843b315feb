#!/bin/sh
# case: T1070.006-touch-a-m
# technique: Only the access time set back
# source: redcanaryco/atomic-red-team T1070.006-1
# needs: touch
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need touch
: > "$W/f"; touch -a -t 197001010000.00 "$W/f"
exit 0
