#!/bin/sh
# case: B-touch-mtime-preserve
# technique: Files released with the time of the release (reproducible build)
# source: operations practice
# needs: touch tar
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need touch tar
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/site"; for k in 1 2 3; do echo "<p>$k" > "$W/site/p$k.html"; done; touch -d '2024-05-01 00:00:00' "$W"/site/*.html; tar -cf "$W/site.tar" -C "$W" site
exit 0
