#!/bin/sh
# case: T1572-ssh-over-nc-relay
# technique: Tunnelling: two nc processes joined by a fifo on other ports
# source: chisel; gost; nc pivot
# needs: nc mkfifo
# expect: net exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need nc mkfifo
mkfifo "$W/f"; nc -l -s 127.0.0.1 -p 28022 < "$W/f" 2>/dev/null | nc 127.0.0.1 28023 > "$W/f" 2>/dev/null & sleep 1; nc -l -s 127.0.0.1 -p 28023 -w 2 </dev/null >/dev/null 2>&1 & sleep 2; kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; true
exit 0
