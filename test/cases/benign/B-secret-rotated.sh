#!/bin/sh
# case: B-secret-rotated
# technique: New secret written, old one removed
# source: operations practice
# needs: chmod
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
need chmod
umask 077; echo old > "$W/secret.1"; head -c 24 /dev/urandom | od -An -tx1 > "$W/secret.2"; chmod 400 "$W/secret.2"; ln -sf secret.2 "$W/secret"; cat "$W/secret" >/dev/null; rm -f "$W/secret.1"; true
exit 0
