#!/bin/sh
# case: T1074.001-collected-by-builtins
# technique: Texts gathered into one file by the shell
# source: redcanaryco/atomic-red-team T1074.001-2
# needs: sh
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
{ echo "$PATH"; read -r h < /etc/hostname; echo "$h"; set; } > "$W/all.txt"
exit 0
