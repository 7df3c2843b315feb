#!/bin/sh
# case: T1036.005-cron-lookalike-in-sbin
# technique: Program named like a system daemon in /usr/sbin
# source: redcanaryco/atomic-red-team T1036.005-1
# needs: cp
# expect: exec drift evasion
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'rm -f /usr/sbin/crond' EXIT; trap 'exit 1' INT TERM
need cp
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
[ -w /usr/sbin ] && [ ! -e /usr/sbin/crond ] || exit 77; ho_bin /usr/sbin/crond; /usr/sbin/crond $HO_ARG 0
exit 0
