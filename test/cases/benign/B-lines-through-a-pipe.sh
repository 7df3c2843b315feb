#!/bin/sh
# case: B-lines-through-a-pipe
# technique: Log lines through a named pipe
# source: operations practice
# needs: mkfifo
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mkfifo
mkfifo "$W/pipe" || exit 77; ( while read -r l; do echo "got $l"; done < "$W/pipe" > "$W/out" ) & P=$!; for i in 1 2 3; do echo "line $i"; done > "$W/pipe"; wait "$P"; [ "$(wc -l < "$W/out")" -eq 3 ]
exit 0
