#!/bin/sh
# case: B-gzip-big-log
# technique: Old log of fifty megabytes compressed
# source: operations practice
# needs: gzip
# expect: resource file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need gzip
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
head -c 50000000 /dev/urandom > "$W/old.log"; gzip -1 "$W/old.log"; ls -l "$W" >/dev/null
exit 0
