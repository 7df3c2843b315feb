#!/bin/sh
# case: T1552.001-config-loop-of-builtins
# technique: Settings of decoys searched with builtins
# source: LinPEAS without tools
# needs: sh
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
for n in a b c; do echo "password=$n" > "$W/$n.ini"; done
for f in "$W"/*.ini; do while IFS='=' read -r k v; do case $k in password) : "$v";; esac; done < "$f"; done
exit 0
