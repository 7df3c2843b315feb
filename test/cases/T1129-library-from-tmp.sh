#!/bin/sh
# case: T1129-library-from-tmp
# technique: Library in a temporary directory loaded by an interpreter
# source: MITRE T1129
# needs: python3 cp
# expect: exec drift evasion fileless
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3 cp
L=$(ls /lib/*/libbz2.so.1* /usr/lib/*/libbz2.so.1* 2>/dev/null | head -n 1); [ -n "$L" ] || exit 77; cp "$L" "$W/.lib.so"; python3 -c 'import ctypes,sys;ctypes.CDLL(sys.argv[1])' "$W/.lib.so"
exit 0
