#!/bin/sh
# case: T1222.002-mode-and-owner
# technique: Rights of files opened
# source: redcanaryco/atomic-red-team T1222.002-1 chmod - Change file or folder mode; redcanaryco/atomic-red-team T1222.002-9 chown
# needs: chmod
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/d"; echo x > "$W/d/key"; chmod -R 0777 "$W/d"; chown -R 12345:12345 "$W/d" 2>/dev/null; chmod 666 "$W/d/key"; true
exit 0
