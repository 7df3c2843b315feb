#!/bin/sh
# case: B-snapshot-of-links
# technique: Snapshot of a tree by hard links, the older one moved on
# source: operations practice
# needs: cp mv ln
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp mv ln
mkdir "$W/data"; for i in 1 2 3 4; do echo "$i" > "$W/data/f$i"; done; mkdir "$W/snap.0"; for f in "$W"/data/*; do ln "$f" "$W/snap.0/"; done; mv "$W/snap.0" "$W/snap.1"; mkdir "$W/snap.0"; for f in "$W"/data/*; do ln "$f" "$W/snap.0/"; done; ls "$W/snap.1" >/dev/null
exit 0
