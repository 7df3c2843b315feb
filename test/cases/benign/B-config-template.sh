#!/bin/sh
# case: B-config-template
# technique: Configuration made from a template
# source: operations practice
# needs: sed
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
need sed
echo "port = @PORT@" > "$W/app.conf.in"; sed "s/@PORT@/8080/" "$W/app.conf.in" > "$W/app.conf.new"; mv "$W/app.conf.new" "$W/app.conf"; cat "$W/app.conf" >/dev/null
exit 0
