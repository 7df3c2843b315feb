#!/bin/sh
# case: B-base64-secret-decode
# technique: Entry point decodes a setting from the environment
# source: operations practice
# needs: base64 grep
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need base64 grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
S=$(printf 'listen=8080\n' | base64); echo "$S" | base64 -d > "$W/app.ini"; grep -q 8080 "$W/app.ini"
exit 0
