#!/bin/sh
# case: T1070.004-rm-rf-own-tools
# technique: File deletion: kit removed after use by find -delete and unlink(2)
# source: redcanaryco/atomic-red-team T1070.004-1 Delete a single file - FreeBSD/Linux/macOS
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/kit"; for k in a b c d; do ho_bin "$W/kit/$k"; done; "$W/kit/a" $HO_ARG 0 2>/dev/null; find "$W/kit" -type f -delete; rmdir "$W/kit"; true
exit 0
