#!/bin/sh
# case: B-cp-preserve
# technique: Assets released: copied with times and modes, swapped by rename
# source: operations practice
# needs: cp gzip ln
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cp gzip ln
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/build/js" "$W/www"; for k in a b c; do echo "x=$k" > "$W/build/js/$k.js"; gzip -k "$W/build/js/$k.js" 2>/dev/null || gzip -c "$W/build/js/$k.js" > "$W/build/js/$k.js.gz"; done; cp -a "$W/build" "$W/www/release-42"; ln -s release-42 "$W/www/current"; ls -lR "$W/www/current/" >/dev/null
exit 0
