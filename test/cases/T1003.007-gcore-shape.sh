#!/bin/sh
# case: T1003.007-gcore-shape
# technique: Memory of a process dumped through /proc/PID/maps and mem
# source: redcanaryco/atomic-red-team T1003.007-1 Dump individual process memory with sh (Local)
# needs: dd
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
sleep 4 & P=$!; sleep 1; r=$(grep -m1 'rw-p' /proc/$P/maps 2>/dev/null); s=$((0x${r%%-*}/4096)); dd if=/proc/$P/mem of="$W/dump" bs=4096 skip="$s" count=1 2>/dev/null; kill "$P" 2>/dev/null; true
exit 0
