#!/bin/sh
# case: B-nightly-scripts
# technique: Scripts of a directory run one after another
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
mkdir "$W/daily"; for n in 10-clean 20-report; do echo 'find "$1" -name "*.tmp" -exec rm -f {} +; date > "$1/last"' > "$W/daily/$n"; done; for f in "$W"/daily/*; do sh "$f" "$W"; done; true
exit 0
