#!/bin/sh
# case: T1070.006-date-of-directory
# technique: Timestomp: touch -h and -m on a program
# source: redcanaryco/atomic-red-team T1070.006-3
# needs: sh
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp /bin/sh "$W/prog" && touch -m -r /bin/sh "$W/prog" && touch -d '2015-05-05 05:05:05' "$W/prog"
exit 0
