#!/bin/sh
# case: B-backup-kept-three
# technique: Data packed with a check sum, the oldest thrown away
# source: operations practice
# needs: tar sha256sum
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
need tar sha256sum
mkdir -p "$W/data" "$W/bak"; i=0; while [ $i -lt 20 ]; do echo $i > "$W/data/$i"; i=$((i+1)); done; for d in 1 2 3 4; do tar czf "$W/bak/b$d.tgz" -C "$W" data; sha256sum "$W/bak/b$d.tgz" > "$W/bak/b$d.sum"; done; rm -f "$W/bak/b1.tgz" "$W/bak/b1.sum"; true
exit 0
