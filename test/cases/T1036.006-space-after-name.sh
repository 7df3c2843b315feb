#!/bin/sh
# case: T1036.006-space-after-name
# technique: A copied shell whose name ends in a space
# source: MITRE ATT&CK T1036.006; redcanaryco/atomic-red-team T1036.006-2
# needs: cp
# expect: drift exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp /bin/sh "$W/nginx "; "$W/nginx " -c true
exit 0
