#!/bin/sh
# case: T1119-loop-of-copies
# technique: Collection: documents copied by extension into one place
# source: redcanaryco/atomic-red-team T1119
# needs: find
# expect: file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
mkdir "$W/o" "$W/src"; for k in a b c d e; do echo x > "$W/src/$k.docx"; echo x > "$W/src/$k.csv"; done; find "$W/src" /etc -maxdepth 2 \( -name '*.docx' -o -name '*.csv' -o -name '*.conf' \) -exec cp {} "$W/o" \; 2>/dev/null; tar cf "$W/o.tar" "$W/o" 2>/dev/null; true
exit 0
