#!/bin/sh
# case: B-java-like-heap-dump
# technique: Diagnostic dump written, compressed and taken away
# source: operations practice
# needs: gzip mv
# expect: file resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need gzip mv
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
head -c 6000000 /dev/urandom > "$W/heap.hprof"; gzip -1 "$W/heap.hprof"; ls -l "$W" >/dev/null; mkdir "$W/out"; mv "$W/heap.hprof.gz" "$W/out/"
exit 0
