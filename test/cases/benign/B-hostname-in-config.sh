#!/bin/sh
# case: B-hostname-in-config
# technique: A template filled by sed at start
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
echo 'host=@HOST@ port=@PORT@' > "$W/t"; sed -e "s/@HOST@/$(hostname)/" -e 's/@PORT@/8080/' "$W/t" > "$W/app.ini"; cat "$W/app.ini" >/dev/null
exit 0
