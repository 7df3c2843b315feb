#!/bin/sh
# case: B-xargs-batch
# technique: Batch of files by xargs
# source: operations practice
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
for k in 1 2 3 4; do echo $k > "$W/$k.txt"; done; ls "$W" | xargs -n 2 echo >/dev/null; find "$W" -name '*.txt' -print | xargs wc -l >/dev/null
exit 0
