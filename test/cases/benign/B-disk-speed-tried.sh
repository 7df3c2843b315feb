#!/bin/sh
# case: B-disk-speed-tried
# technique: Speed of the disk tried with a file of zeros
# source: operations practice
# needs: dd
# expect: file resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need dd
dd if=/dev/zero of="$W/speed" bs=1M count=128 conv=fsync 2>"$W/result"; rm -f "$W/speed"; test -s "$W/result"
exit 0
