#!/bin/sh
# case: B-release-switch
# technique: New release unpacked beside the old one, link switched
# source: operations practice
# needs: ln tar
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ln tar
mkdir -p "$W/releases/1" "$W/src"; echo a > "$W/src/index.html"; ln -s releases/1 "$W/current"; mkdir "$W/releases/2"; tar cf - -C "$W/src" . | tar xf - -C "$W/releases/2"; ln -sfn releases/2 "$W/current"; cat "$W/current/index.html" >/dev/null
exit 0
