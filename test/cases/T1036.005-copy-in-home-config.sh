#!/bin/sh
# case: T1036.005-copy-in-home-config
# technique: Program hidden below the configuration of a user
# source: perfctl
# needs: cp
# expect: exec drift evasion persistence
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
need cp
H=${HOME:-/root}; mkdir -p "$H/.config/cron"; ho_bin "$H/.config/cron/perfcc"; "$H/.config/cron/perfcc" ${HO_ARG:-} 0; rm -f "$H/.config/cron/perfcc"; rmdir "$H/.config/cron" "$H/.config" 2>/dev/null; : "$W"; true
exit 0
