#!/bin/sh
# case: B-tmp-cleaner
# technique: Temporary files of the application removed
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
mkdir "$W/t"; for k in 1 2 3 4 5 6 7 8; do : > "$W/t/sess_$k"; done; find "$W/t" -name 'sess_*' -delete; ls "$W/t" >/dev/null
exit 0
