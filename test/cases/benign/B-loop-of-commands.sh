#!/bin/sh
# case: B-loop-of-commands
# technique: Maintenance script with a loop of short commands
# source: operations practice
# needs: basename wc
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
need basename wc
i=0; while [ $i -lt 40 ]; do echo x > "$W/f$i"; basename "$W/f$i" >/dev/null; wc -c "$W/f$i" >/dev/null; i=$((i+1)); done
exit 0
