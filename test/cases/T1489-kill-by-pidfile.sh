#!/bin/sh
# case: T1489-kill-by-pidfile
# technique: Service stop: service stop, kill by pid file, start-stop-daemon
# source: redcanaryco/atomic-red-team T1489-4..7 Linux - Stop service
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
sleep 40 & P=$!; echo $P > "$W/svc.pid"; (service nginx stop; systemctl stop redis; start-stop-daemon -K -p "$W/svc.pid") >/dev/null 2>&1; kill "$(cat "$W/svc.pid")" 2>/dev/null; wait 2>/dev/null; true
exit 0
