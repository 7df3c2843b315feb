#!/bin/sh
# case: B-stale-pid-file
# technique: Stale pid file found, removed, written anew
# source: operations practice
# needs: kill
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/run/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need kill
echo 999999 > "$W/app.pid"; kill -0 "$(cat "$W/app.pid")" 2>/dev/null || rm -f "$W/app.pid"; sleep 3 & echo $! > "$W/app.pid"; kill -0 "$(cat "$W/app.pid")" && kill "$(cat "$W/app.pid")"; rm -f "$W/app.pid"; true
exit 0
