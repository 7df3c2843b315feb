#!/bin/sh
# case: B-nightly-compress-logs
# technique: Logs of yesterday compressed
# source: operations practice
# needs: gzip
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip
mkdir "$W/log"; for k in 1 2 3; do head -c 30000 /dev/zero > "$W/log/app.log.$k"; done; gzip "$W"/log/app.log.*; ls "$W/log" >/dev/null
exit 0
