#!/bin/sh
# case: B-configuration-swapped
# technique: Configuration written beside the old one, checked, moved into its place, and told by SIGHUP
# source: operations practice
# needs: mv
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
mkdir "$W/conf.d"; printf 'workers 2\n' > "$W/conf.d/app.conf"
(trap : HUP; i=0; while [ $i -lt 4 ]; do sleep 1 & wait $!; i=$((i+1)); done) & P=$!
sed 's/2/4/' "$W/conf.d/app.conf" > "$W/conf.d/.app.conf.new" && grep -q workers "$W/conf.d/.app.conf.new" && mv "$W/conf.d/.app.conf.new" "$W/conf.d/app.conf"; kill -HUP $P; wait $P; true
exit 0
