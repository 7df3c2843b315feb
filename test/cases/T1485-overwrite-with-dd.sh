#!/bin/sh
# case: T1485-overwrite-with-dd
# technique: Files overwritten and removed
# source: redcanaryco/atomic-red-team T1485-2 Linux - Overwrite file with DD; falcosecurity/event-generator syscall.RemoveBulkDataFromDisk
# needs: dd
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
i=0; while [ $i -lt 40 ]; do echo "row $i" > "$W/t$i.db"; i=$((i+1)); done; for f in "$W"/t*.db; do dd if=/dev/zero of="$f" bs=64 count=1 conv=notrunc 2>/dev/null; rm -f "$f"; done; (shred -u "$W/x" ) 2>/dev/null; true
exit 0
