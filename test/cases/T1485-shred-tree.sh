#!/bin/sh
# case: T1485-shred-tree
# technique: Data destruction: shred of a tree and of a table file
# source: redcanaryco/atomic-red-team T1485-2 Overwrite file with DD; falcosecurity/event-generator RemoveBulkDataFromDisk
# needs: sh
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/data"; i=0; while [ $i -lt 25 ]; do head -c 4096 /dev/zero > "$W/data/t$i.ibd"; i=$((i+1)); done; (shred -n1 -z -u "$W"/data/*.ibd || for f in "$W"/data/*; do dd if=/dev/urandom of="$f" bs=4096 count=1; rm -f "$f"; done) >/dev/null 2>&1; true
exit 0
