#!/bin/sh
# case: T1059.004-gtfobins-flock-nice
# technique: Unix Shell: shell through flock, nice, stdbuf and time
# source: GTFOBins flock, nice, stdbuf; redcanaryco/atomic-red-team T1059.004-14 Shell Creation using awk command
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
: > "$W/l"; (flock "$W/l" sh -c id; nice sh -c id; stdbuf -o0 sh -c id; ionice -c3 sh -c id) >/dev/null 2>&1; true
exit 0
