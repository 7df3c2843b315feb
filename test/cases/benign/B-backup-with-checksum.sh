#!/bin/sh
# case: B-backup-with-checksum
# technique: Backup with a checksum
# source: operations practice
# needs: sh
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/data"; for i in 1 2 3 4 5; do echo $i > "$W/data/$i"; done; tar cf "$W/b.tar" -C "$W" data; (sha256sum "$W/b.tar" || cksum "$W/b.tar") > "$W/b.sum" 2>/dev/null; true
exit 0
