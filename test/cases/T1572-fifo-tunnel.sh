#!/bin/sh
# case: T1572-fifo-tunnel
# technique: Tunnel of two netcats and a pipe
# source: GTFOBins nc relay
# needs: nc mkfifo
# expect: net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need nc mkfifo
P=$((20000 + $$ % 20000)); mkfifo "$W/f"; nc -l -s 127.0.0.1 -p "$P" < "$W/f" 2>/dev/null | nc -w 2 127.0.0.1 80 > "$W/f" 2>/dev/null & L=$!
sleep 1; echo x | nc -w 1 127.0.0.1 "$P" >/dev/null 2>&1; sleep 1; kill "$L" 2>/dev/null; pkill -P $$ nc 2>/dev/null; wait 2>/dev/null; true
exit 0
