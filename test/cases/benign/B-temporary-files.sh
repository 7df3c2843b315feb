#!/bin/sh
# case: B-temporary-files
# technique: Hundreds of temporary files made and removed
# source: operations practice
# needs: mktemp rm
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
need mktemp rm
i=0; while [ $i -lt 120 ]; do f=$(mktemp "$W/up.XXXXXX"); echo x > "$f"; rm -f "$f"; i=$((i+1)); done; true
exit 0
