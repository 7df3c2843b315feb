#!/bin/sh
# case: B-wait-for-dependency
# technique: Start script waits and goes on
# source: operations practice
# needs: sh
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
i=0; until [ -e "$W/ready" ] || [ $i -ge 3 ]; do i=$((i+1)); sleep 1; [ $i -eq 2 ] && : > "$W/ready"; done; true
exit 0
