#!/bin/sh
# case: T1218-run-by-loader
# technique: File without an execute bit run through the dynamic loader
# source: GTFOBins ld.so; noexec bypass
# needs: cp
# expect: exec drift evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
L=$(ls /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 2>/dev/null | head -n 1); [ -n "$L" ] || exit 77; cp "$(readlink -f "$(command -v sleep)")" "$W/data.bin"; chmod 644 "$W/data.bin"; "$L" "$W/data.bin" 0
exit 0
