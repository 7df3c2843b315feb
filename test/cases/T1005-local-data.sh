#!/bin/sh
# case: T1005-local-data
# technique: Data of the system copied
# source: redcanaryco/atomic-red-team T1005-2 Find and dump sqlite databases (Linux)
# needs: tar
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
need tar
find / -xdev -maxdepth 5 -name '*.db' >/dev/null 2>&1; tar cf "$W/d.tar" /var/lib /etc 2>/dev/null; true
exit 0
