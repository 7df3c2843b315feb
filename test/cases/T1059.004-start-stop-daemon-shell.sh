#!/bin/sh
# case: T1059.004-start-stop-daemon-shell
# technique: Unix Shell: start-stop-daemon starts a shell in the background
# source: GTFOBins start-stop-daemon
# needs: start-stop-daemon
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
need start-stop-daemon
start-stop-daemon -S -b -m -p "$W/p" -x /bin/sh -- -c 'sleep 2' >/dev/null 2>&1; sleep 3; true
exit 0
