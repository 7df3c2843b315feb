#!/bin/sh
# case: B-application-compiled
# technique: Sources of a new release compiled to bytecode
# source: operations practice
# needs: python3
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
mkdir -p "$W/app/views"; for i in 1 2 3; do echo "x=$i" > "$W/app/views/v$i.py"; done; python3 -m compileall -q "$W/app"; ls "$W/app/views/__pycache__" >/dev/null
exit 0
