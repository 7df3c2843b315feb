#!/bin/sh
# case: B-kv-secret-rotation
# technique: Database password rotated in a mounted secret file
# source: operations practice
# needs: base64 chmod mv
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need base64 chmod mv
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -m 700 "$W/secrets"; head -c 24 /dev/urandom | base64 > "$W/secrets/.db-password.tmp"; chmod 400 "$W/secrets/.db-password.tmp"; mv "$W/secrets/.db-password.tmp" "$W/secrets/db-password"; cat "$W/secrets/db-password" >/dev/null
exit 0
