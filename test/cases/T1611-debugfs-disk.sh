#!/bin/sh
# case: T1611-debugfs-disk
# technique: Escape: debugfs on a device node
# source: falcosecurity/event-generator syscall.DebugfsLaunchedInPrivilegedContainer
# needs: debugfs
# expect: escape file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need debugfs
mknod "$W/d" b 8 1 2>/dev/null; (debugfs -R 'ls' "$W/d"; dumpe2fs /dev/sda1; blkid; lsblk) >/dev/null 2>&1; true
exit 0
