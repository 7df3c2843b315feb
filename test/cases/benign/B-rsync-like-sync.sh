#!/bin/sh
# case: B-rsync-like-sync
# technique: Content synchronised by comparing checksums
# source: operations practice
# needs: md5sum cp diff basename
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need md5sum cp diff basename
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/a" "$W/b"; k=0; while [ $k -lt 20 ]; do echo "doc $k" > "$W/a/$k.txt"; k=$((k+1)); done; for f in "$W"/a/*.txt; do n=$(basename "$f"); s=$(md5sum < "$f"); d=$(md5sum < "$W/b/$n" 2>/dev/null); [ "$s" = "$d" ] || cp "$f" "$W/b/$n"; done; diff -r "$W/a" "$W/b"
exit 0
