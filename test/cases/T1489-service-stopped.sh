#!/bin/sh
# case: T1489-service-stopped
# technique: Processes that belong to another killed
# source: redcanaryco/atomic-red-team T1489-4 Linux - Stop service using killall
# needs: sh
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
(sleep 20 & echo $! > "$W/p") ; P=$(cat "$W/p"); kill -STOP "$P" 2>/dev/null; kill -9 "$P" 2>/dev/null; (killall -q ho-none; pkill ho-none; systemctl stop redis-server) >/dev/null 2>&1; true
exit 0
