#!/bin/sh
# case: T1003.007-memory-dump-by-dd
# technique: Proc memory: maps read and memory copied with dd
# source: redcanaryco/atomic-red-team T1003.007-1 Dump individual process memory with sh (Local)
# needs: sh
# expect: cred evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
sleep 5 & P=$!; A=$(grep -m1 stack /proc/$P/maps | cut -d- -f1); grep -c . /proc/$P/maps >/dev/null; dd if=/proc/$P/mem of="$W/d" bs=1 count=16 skip=$((0x${A:-1000})) 2>/dev/null; kill $P; wait 2>/dev/null; true
exit 0
