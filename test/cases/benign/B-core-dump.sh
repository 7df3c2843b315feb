#!/bin/sh
# case: B-core-dump
# technique: A worker crashes and dumps core
# source: operations practice
# needs: sh
# expect: resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cd "$W"; (ulimit -c 0; sh -c 'kill -SEGV $$') 2>/dev/null; (ulimit -c unlimited; sh -c 'kill -ABRT $$') 2>/dev/null; rm -f core*; true
exit 0
