#!/bin/sh
# case: T1574.006-library-path
# technique: Program made to load a library from a writable directory
# source: redcanaryco/atomic-red-team T1574.006-2 Shared Library Injection via LD_PRELOAD (same goal by LD_LIBRARY_PATH)
# needs: cp ldd
# expect: evasion exec persistence drift
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp ldd
L=$(ldd /bin/sleep | sed -n 's/.*=> \(.*libc[^ ]*\) .*/\1/p'); [ -n "$L" ] || exit 77; cp "$L" "$W/"; LD_LIBRARY_PATH="$W" /bin/sleep 0; true
exit 0
