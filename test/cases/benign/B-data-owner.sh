#!/bin/sh
# case: B-data-owner
# technique: Owner and mode of the data directory set at start
# source: operations practice
# needs: chmod chown
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
need chmod chown
mkdir -p "$W/data/a/b"; echo x > "$W/data/a/f"; chown -R 33:33 "$W/data" 2>/dev/null; chmod -R u+rwX,go-w "$W/data"; find "$W/data" ! -user 33 -exec chown 33 {} + 2>/dev/null; true
exit 0
