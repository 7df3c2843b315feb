#!/bin/sh
# case: T1548.001-python-mode-6755
# technique: Set-uid and set-gid bits by an interpreter
# source: redcanaryco/atomic-red-team T1548.001-3
# needs: python3
# expect: priv file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
ho_bin "$W/s"; python3 -c 'import os,sys; os.chmod(sys.argv[1], 0o6755)' "$W/s"
exit 0
