#!/bin/sh
# case: B-cron-cleanup-tmp
# technique: Cleanup job: old files in /tmp found and deleted
# source: operations practice
# needs: find
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
k=0; while [ $k -lt 12 ]; do : > "$W/sess_$k"; k=$((k+1)); done
find "$W" -type f -name 'sess_*' -exec rm -f {} +; find /tmp -maxdepth 1 -name 'ho-none*' -mtime +2 -exec rm -f {} + 2>/dev/null; true
exit 0
