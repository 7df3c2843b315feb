#!/bin/sh
# case: B-ulimit-nofile
# technique: Start script raises its limit of open files and opens many
# source: operations practice
# needs: ls
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ls
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ulimit -n 2048 2>/dev/null; k=3; while [ $k -lt 9 ]; do eval "exec $k>$W/f$k"; k=$((k+1)); done; ls "$W" >/dev/null
exit 0
