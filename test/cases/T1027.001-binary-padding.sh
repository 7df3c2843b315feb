#!/bin/sh
# case: T1027.001-binary-padding
# technique: Program padded to have another hash and run
# source: redcanaryco/atomic-red-team T1027.001-1 Pad Binary to Change Hash - Linux/macOS dd
# needs: cp
# expect: exec drift evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp "$(readlink -f /bin/sleep)" "$W/sleep"; head -c 64 /dev/zero >> "$W/sleep"; "$W/sleep" 0; true
exit 0
