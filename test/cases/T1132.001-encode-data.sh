#!/bin/sh
# case: T1132.001-encode-data
# technique: Collected data encoded for the way out
# source: redcanaryco/atomic-red-team T1132.001-1 Base64 Encoded data
# needs: base64
# expect: evasion exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need base64
cat /etc/passwd /etc/group | base64 > "$W/out"; head -c 65536 /dev/urandom | base64 >> "$W/out"
exit 0
