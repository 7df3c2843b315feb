#!/bin/sh
# case: T1499.001-disk-filled
# technique: Disk written full
# source: redcanaryco/atomic-red-team T1499 / dd fill
# needs: dd
# expect: resource file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need dd
dd if=/dev/zero of="$W/fill" bs=1048576 count=300 2>/dev/null; sync; rm -f "$W/fill"; true
exit 0
