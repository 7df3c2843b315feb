#!/bin/sh
# case: B-base64-of-a-picture
# technique: Picture encoded for mail
# source: operations practice
# needs: sh
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
head -c 3000 /dev/urandom > "$W/p.png"; base64 "$W/p.png" > "$W/p.b64"; base64 -d "$W/p.b64" > "$W/q.png"; cmp "$W/p.png" "$W/q.png"
exit 0
