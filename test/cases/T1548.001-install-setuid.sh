#!/bin/sh
# case: T1548.001-install-setuid
# technique: Setuid and setgid file made
# source: redcanaryco/atomic-red-team T1548.001-3 Set a SetUID flag on file / T1548.001-5 SetGID
# needs: cp chmod
# expect: priv file
# where: container
# image: busybox debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp chmod
ho_bin "$W/s"; chmod 6755 "$W/s"; cp -p "$W/s" "$W/t"; true
exit 0
