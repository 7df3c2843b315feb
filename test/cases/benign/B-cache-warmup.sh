#!/bin/sh
# case: B-cache-warmup
# technique: Cache warmed after a deployment: many small files read and rendered
# source: operations practice
# needs: md5sum cut wc
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need md5sum cut wc
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/cache/a/b"; k=0; while [ $k -lt 60 ]; do echo "{\"id\":$k}" | md5sum | cut -c1-8 > "$W/cache/a/b/$k.html"; k=$((k+1)); done
cat "$W"/cache/a/b/*.html | wc -c >/dev/null
exit 0
