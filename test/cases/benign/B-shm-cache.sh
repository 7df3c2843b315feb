#!/bin/sh
# case: B-shm-cache
# technique: Cache segment in /dev/shm written, read and removed
# source: operations practice
# needs: head wc rm
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need head wc rm
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
f=/dev/shm/ho-cache.$$; trap 'rm -f $f; rm -rf "$W"' EXIT; head -c 100000 /dev/urandom > $f; wc -c < $f >/dev/null; rm -f $f
exit 0
