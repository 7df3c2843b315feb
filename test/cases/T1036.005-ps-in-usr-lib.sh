#!/bin/sh
# case: T1036.005-ps-in-usr-lib
# technique: Masquerading: program put among libraries and run from there
# source: Symbiote; Sigma
# needs: sh
# expect: exec drift file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'rm -rf /usr/lib/ho-update' EXIT; trap 'exit 1' INT TERM
mkdir -p /usr/lib/ho-update 2>/dev/null || exit 77; ho_bin /usr/lib/ho-update/sleep; /usr/lib/ho-update/sleep 0
exit 0
