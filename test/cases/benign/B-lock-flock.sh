#!/bin/sh
# case: B-lock-flock
# technique: Job that must not run twice takes a lock
# source: operations practice
# needs: flock
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need flock
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
( flock -n 9 || exit 1; echo work > "$W/out"; sleep 1 ) 9>"$W/.lock"; mkdir "$W/lock.d" && rmdir "$W/lock.d"
exit 0
