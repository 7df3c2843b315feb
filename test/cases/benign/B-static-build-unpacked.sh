#!/bin/sh
# case: B-static-build-unpacked
# technique: Release of static files unpacked
# source: operations practice
# needs: sh
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/r"; i=0; while [ $i -lt 60 ]; do echo "$i" > "$W/r/$i.html"; i=$((i+1)); done; tar czf "$W/r.tgz" -C "$W" r; mkdir "$W/n"; tar xzf "$W/r.tgz" -C "$W/n"; ln -s n "$W/current"; true
exit 0
