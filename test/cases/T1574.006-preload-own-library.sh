#!/bin/sh
# case: T1574.006-preload-own-library
# technique: LD_PRELOAD of an own library
# source: redcanaryco/atomic-red-team T1574.006-2 Shared Library Injection via LD_PRELOAD
# needs: cp
# expect: exec evasion persistence file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
L=$(ls /lib/x86_64-linux-gnu/libm.so.6 /usr/lib/x86_64-linux-gnu/libm.so.6 2>/dev/null | head -n 1); [ -n "$L" ] || exit 77; cp "$L" "$W/libx.so"; LD_PRELOAD=$W/libx.so ls / >/dev/null
exit 0
