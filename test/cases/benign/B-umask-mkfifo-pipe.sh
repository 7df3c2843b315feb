#!/bin/sh
# case: B-umask-mkfifo-pipe
# technique: Two processes talk over a named pipe
# source: operations practice
# needs: mkfifo cat grep
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mkfifo cat grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkfifo -m 600 "$W/pipe"; ( cat "$W/pipe" > "$W/got" ) & echo hello > "$W/pipe"; wait; grep -q hello "$W/got"
exit 0
