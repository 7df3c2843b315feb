#!/bin/sh
# case: T1070.006-utime-by-python
# technique: Times of a dropped file copied from a system file
# source: redcanaryco/atomic-red-team T1070.006-3
# needs: python3
# expect: file evasion exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
: > "$W/drop"; python3 -c 'import os,sys; t=os.stat("/bin/ls"); os.utime(sys.argv[1], (t.st_atime, t.st_mtime))' "$W/drop"
exit 0
