#!/bin/sh
# case: T1070.006-touch-back-in-time
# technique: Timestomp: python utime and touch -r on many files
# source: redcanaryco/atomic-red-team T1070.006-1
# needs: sh
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
for k in a b c; do : > "$W/$k"; done; python3 -c 'import os,sys
for f in sys.argv[1:]: os.utime(f,(1e9,1e9))' "$W/a" "$W/b" 2>/dev/null; touch -r /bin/sh "$W/c"; touch -d '2012-03-04 05:06:07' "$W/a" "$W/b"
exit 0
