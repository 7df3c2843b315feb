#!/bin/sh
# case: B-old-files-cleaned
# technique: Old files of the own cache removed, space looked at
# source: operations practice
# needs: find du
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
need find du
mkdir "$W/c"; i=0; while [ $i -lt 40 ]; do echo x > "$W/c/$i"; i=$((i+1)); done; touch -t 202001010000 "$W"/c/1*; find "$W/c" -type f -mtime +7 -delete 2>/dev/null || find "$W/c" -type f -mtime +7 -exec rm -f {} \;; du -sk "$W/c" | sort -n >/dev/null; true
exit 0
