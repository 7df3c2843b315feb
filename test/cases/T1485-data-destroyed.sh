#!/bin/sh
# case: T1485-data-destroyed
# technique: Many files overwritten and removed (decoys)
# source: falcosecurity/event-generator syscall.RemoveBulkDataFromDisk; redcanaryco/atomic-red-team T1485-2 macOS/Linux - Overwrite file with DD
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
need dd
i=0; while [ $i -lt 60 ]; do echo $i > "$W/doc$i.txt"; i=$((i+1)); done; for f in "$W"/doc*.txt; do dd if=/dev/zero of="$f" bs=512 count=1 conv=notrunc 2>/dev/null; rm -f "$f"; done
exit 0
