#!/bin/sh
# case: B-self-update-check
# technique: Application asks its update server and finds nothing new
# source: operations practice
# needs: curl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
S=${HO_SINK:-}; [ -n "$S" ] || exit 77; curl -fsS -m 5 -A "app/1.2 (update check)" -o "$W/latest" "http://$S/latest.json"; cmp "$W/latest" "$W/latest"; true
exit 0
