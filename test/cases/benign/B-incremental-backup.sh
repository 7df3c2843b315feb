#!/bin/sh
# case: B-incremental-backup
# technique: What changed since the last backup, with checksums
# source: operations practice
# needs: find cp sha256sum
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
need find cp sha256sum
mkdir "$W/data" "$W/copy"; i=0; while [ $i -lt 20 ]; do echo $i > "$W/data/$i"; i=$((i+1)); done; : > "$W/stamp"; sleep 1; echo new > "$W/data/3"
cp -a "$W/data/." "$W/copy/"; find "$W/data" -newer "$W/stamp" -type f > "$W/list"; (cd "$W/copy" && sha256sum * > ../sums && sha256sum -c ../sums >/dev/null)
exit 0
