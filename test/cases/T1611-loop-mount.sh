#!/bin/sh
# case: T1611-loop-mount
# technique: Image file mounted through a loop device
# source: container escape by loop mount
# needs: mount losetup timeout
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mount losetup timeout
head -c 1048576 /dev/zero > "$W/img"; mkdir "$W/m"; losetup -f >/dev/null 2>&1; losetup /dev/loop0 "$W/img" 2>/dev/null; timeout 3 mount -o loop "$W/img" "$W/m" 2>/dev/null; true
exit 0
