#!/bin/sh
# case: B-etag-static-export
# technique: Static pages exported with checksums in file names
# source: operations practice
# needs: md5sum cut find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need md5sum cut find
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/public"; k=0; while [ $k -lt 12 ]; do echo "<h1>$k</h1>" > "$W/public/$k.html"; h=$(md5sum < "$W/public/$k.html" | cut -c1-6); cp "$W/public/$k.html" "$W/public/$k.$h.html"; k=$((k+1)); done; find "$W/public" -name '*.html' | wc -l >/dev/null
exit 0
