#!/bin/sh
# case: T1059.004-vi-and-ed-shell
# technique: Commands run out of an editor
# source: GTFOBins vi, ed
# needs: vi|ed
# expect: exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf ':!id\n:q!\n' | timeout 2 vi "$W/f" >/dev/null 2>&1; printf '!id\nq\n' | ed >/dev/null 2>&1; true
exit 0
