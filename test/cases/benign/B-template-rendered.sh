#!/bin/sh
# case: B-template-rendered
# technique: Template rendered with sed
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
echo 'port=@P@' > "$W/t"; sed 's/@P@/80/' "$W/t" > "$W/c"; chmod 644 "$W/c"; cmp "$W/t" "$W/c" >/dev/null; true
exit 0
