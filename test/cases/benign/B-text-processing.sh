#!/bin/sh
# case: B-text-processing
# technique: Text cut, sorted and counted in a temporary file
# source: operations practice
# needs: sort uniq cut
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
need sort uniq cut
i=0; while [ $i -lt 300 ]; do echo "$((i % 7)) x $i"; i=$((i+1)); done > "$W/a"; cut -d" " -f1 "$W/a" | sort | uniq -c > "$W/b"; tr a-z A-Z < "$W/b" > "$W/c"; cmp -s "$W/b" "$W/c"; true
exit 0
