#!/bin/sh
# case: T1486-ransom-note
# technique: Files packed with a password-like suffix and a note left
# source: redcanaryco/atomic-red-team T1486
# needs: gzip
# expect: file exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip
mkdir -p "$W/d"; i=0; while [ $i -lt 30 ]; do echo data > "$W/d/doc$i.txt"; i=$((i+1)); done; for f in "$W"/d/*.txt; do gzip -c "$f" > "$f.locked"; rm -f "$f"; done; echo 'pay' > "$W/d/README_TO_DECRYPT.txt"; true
exit 0
