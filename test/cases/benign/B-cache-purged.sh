#!/bin/sh
# case: B-cache-purged
# technique: Cache of the application purged, its first entries made again
# source: operations practice
# needs: rm
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/var/cache/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need rm
mkdir -p "$W/thumbs"; i=0; while [ $i -lt 60 ]; do echo x > "$W/thumbs/$i.webp"; i=$((i+1)); done; rm -rf "$W"/thumbs/*; i=0; while [ $i -lt 10 ]; do echo x > "$W/thumbs/$i.webp"; i=$((i+1)); done
exit 0
