#!/bin/sh
# case: B-backup-verify-restore
# technique: Backup restored beside and compared with the original
# source: operations practice
# needs: tar cmp
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tar cmp
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/data" "$W/back"; for k in 1 2 3 4 5 6; do head -c 9000 /dev/urandom > "$W/data/part-$k.dat"; done
tar -cf "$W/b.tar" -C "$W" data; tar -xf "$W/b.tar" -C "$W/back"; for f in "$W"/data/*; do cmp "$f" "$W/back/data/$(basename "$f")" || exit 1; done
exit 0
