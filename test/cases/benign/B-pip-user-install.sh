#!/bin/sh
# case: B-pip-user-install
# technique: Package of an application installed for its user from a local wheel directory
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
need python3
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/lib/shop"; printf 'VERSION="1.2"\n' > "$W/lib/shop/__init__.py"; cd "$W"; PYTHONPATH="$W/lib" python3 -c 'import shop; assert shop.VERSION == "1.2"'; ls "$W/lib/shop/__pycache__" >/dev/null
exit 0
