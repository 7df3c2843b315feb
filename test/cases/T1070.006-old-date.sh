#!/bin/sh
# case: T1070.006-old-date
# technique: A dropped file gets a date of long ago
# source: redcanaryco/atomic-red-team T1070.006-2
# needs: python3
# expect: evasion file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
echo x > "$W/libhelper"; python3 -c 'import os,sys;os.utime(sys.argv[1],(946684800,946684800))' "$W/libhelper"
exit 0
