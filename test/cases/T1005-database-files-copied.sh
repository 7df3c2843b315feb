#!/bin/sh
# case: T1005-database-files-copied
# technique: Local data: database files looked for and copied
# source: redcanaryco/atomic-red-team T1005-2 Find and dump sqlite databases (Linux)
# needs: find
# expect: file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
mkdir "$W/o" "$W/db"; for k in users orders; do head -c 2048 /dev/urandom > "$W/db/$k.sqlite"; done; find / -xdev -maxdepth 5 \( -name '*.sqlite' -o -name '*.db' -o -name '*.rdb' -o -name '*.sql' \) -exec cp {} "$W/o/" \; 2>/dev/null; ls "$W/o" >/dev/null
exit 0
