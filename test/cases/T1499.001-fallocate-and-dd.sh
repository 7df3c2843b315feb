#!/bin/sh
# case: T1499.001-fallocate-and-dd
# technique: Disk filled with two large files
# source: denial of service by disk
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
dd if=/dev/zero of="$W/fill" bs=1048576 count=300 2>/dev/null; (fallocate -l 300000000 "$W/more" || truncate -s 300000000 "$W/more") 2>/dev/null; sync; sleep 2; true
exit 0
