#!/bin/sh
# case: B-backup-own-data
# technique: Backup of the own data with tar
# source: operations practice
# needs: tar
# expect: file
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
mkdir "$W/data"; i=0; while [ $i -lt 30 ]; do echo $i > "$W/data/$i"; i=$((i+1)); done; tar czf "$W/backup.tgz" -C "$W" data; tar tzf "$W/backup.tgz" >/dev/null
exit 0
