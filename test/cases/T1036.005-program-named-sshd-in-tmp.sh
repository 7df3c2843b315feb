#!/bin/sh
# case: T1036.005-program-named-sshd-in-tmp
# technique: Masquerading: copies named like system daemons run from /var/tmp
# source: Sigma; Kinsing kdevtmpfsi
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
trap 'rm -f /var/tmp/systemd-logind /var/tmp/kdevtmpfsi; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/tmp; ho_bin /var/tmp/kdevtmpfsi || exit 77; if [ -n "$HO_ARG" ]; then cp /var/tmp/kdevtmpfsi "$W/sleep"; "$W/sleep" 1; else /var/tmp/kdevtmpfsi 1; fi; true
exit 0
