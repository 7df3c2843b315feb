#!/bin/sh
# case: B-log-to-stdout-reopen
# technique: Log file replaced by a link to standard output
# source: operations practice
# needs: ln ls
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ln ls
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ln -sf /dev/stdout "$W/access.log"; echo line > "$W/access.log"; ln -sf /dev/stderr "$W/error.log"; ls -l "$W" >/dev/null
exit 0
