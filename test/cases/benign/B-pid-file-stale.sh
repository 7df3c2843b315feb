#!/bin/sh
# case: B-pid-file-stale
# technique: Stale pid file found and replaced at start
# source: operations practice
# needs: kill
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need kill
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
echo 999999 > "$W/app.pid"; if ! kill -0 "$(cat "$W/app.pid")" 2>/dev/null; then rm -f "$W/app.pid"; fi; sleep 30 & echo $! > "$W/app.pid"; kill -TERM "$(cat "$W/app.pid")"; wait; rm -f "$W/app.pid"
exit 0
