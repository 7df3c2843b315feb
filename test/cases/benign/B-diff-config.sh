#!/bin/sh
# case: B-diff-config
# technique: Configuration compared with its template
# source: operations practice
# needs: sh
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf 'a=1\nb=2\n' > "$W/a"; printf 'a=1\nb=3\n' > "$W/b"; (diff "$W/a" "$W/b" || cmp "$W/a" "$W/b") >/dev/null 2>&1; cp "$W/b" "$W/a"
exit 0
