#!/bin/sh
# case: T1036-double-extension-elf
# technique: Masquerading: program called .pdf and .log is run
# source: Sigma; redcanaryco/atomic-red-team T1036.007
# needs: sh
# expect: exec drift evasion
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
ho_bin "$W/sleep"; if [ -z "$HO_ARG" ]; then mv "$W/sleep" "$W/invoice.pdf"; "$W/invoice.pdf" 0; else mkdir "$W/x.log"; mv "$W/sleep" "$W/x.log/sleep"; "$W/x.log/sleep" 0; fi
exit 0
