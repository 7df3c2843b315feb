#!/bin/sh
# case: B-wait-for-file
# technique: Start-up script waits for a marker
# source: operations practice
# needs: sleep
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need sleep
(sleep 1; : > "$W/ready") & i=0; while [ ! -e "$W/ready" ] && [ $i -lt 20 ]; do sleep 0.2; i=$((i+1)); done; wait
exit 0
