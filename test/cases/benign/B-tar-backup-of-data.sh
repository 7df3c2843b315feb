#!/bin/sh
# case: B-tar-backup-of-data
# technique: Data directory backed up with tar and gzip
# source: operations practice
# needs: tar gzip
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
need tar gzip
mkdir "$W/data"; for k in 1 2 3 4 5; do head -c 20000 /dev/zero > "$W/data/$k"; done; tar cf - -C "$W" data | gzip > "$W/backup.tgz"; mv "$W/backup.tgz" "$W/backup.$(date +%s).tgz"
exit 0
