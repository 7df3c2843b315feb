#!/bin/sh
# case: B-log-burst-stack-traces
# technique: An error fills the log: ten thousand lines in a second
# source: operations practice
# needs: wc
# expect: file resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need wc
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
i=0; while [ $i -lt 10000 ]; do echo "ERROR 2026-01-01 stack trace line $i"; i=$((i+1)); done > "$W/error.log"; wc -l "$W/error.log" >/dev/null
exit 0
