#!/bin/sh
# case: T1059.004-tar-to-command
# technique: Command run by tar while it unpacks
# source: GTFOBins tar
# needs: tar
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tar
tar cf "$W/a.tar" /etc/hostname 2>/dev/null; tar xf "$W/a.tar" --to-command='id >/dev/null'
exit 0
