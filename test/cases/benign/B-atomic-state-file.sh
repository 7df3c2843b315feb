#!/bin/sh
# case: B-atomic-state-file
# technique: State file replaced atomically
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
i=0; while [ $i -lt 8 ]; do echo "n=$i" > "$W/state.tmp"; mv "$W/state.tmp" "$W/state"; i=$((i+1)); done
exit 0
