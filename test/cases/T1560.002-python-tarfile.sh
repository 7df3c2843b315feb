#!/bin/sh
# case: T1560.002-python-tarfile
# technique: Archive made with a module of Python
# source: redcanaryco/atomic-red-team T1560.002-3
# needs: python3
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
mkdir "$W/c"; cp /etc/passwd /etc/hosts "$W/c"; python3 -m tarfile -c "$W/a.tgz" "$W/c"; python3 -m zipfile -c "$W/a.zip" "$W/c"
exit 0
