#!/bin/sh
# case: B-lock-with-mkdir
# technique: A job takes a lock and releases it
# source: operations practice
# needs: sh
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
mkdir "$W/lock" && echo $$ > "$W/lock/pid" && sleep 1; rm -rf "$W/lock"
exit 0
