#!/bin/sh
# case: B-retry-with-backoff
# technique: Job retried three times with growing pauses, then done
# source: operations practice
# needs: sleep
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sleep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
n=0; until [ $n -ge 3 ]; do n=$((n+1)); [ $n -eq 3 ] && break; sleep $n; done; echo done > "$W/state"
exit 0
