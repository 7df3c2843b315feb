#!/bin/sh
# case: T1564.001-hidden-program-run
# technique: Hidden program run from /var/tmp
# source: redcanaryco/atomic-red-team T1564.001-1 Create a hidden file in a hidden directory
# needs: cp
# expect: exec drift file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ho_bin() { # dest: a copy of a harmless real binary under that path
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
mkdir -p /var/tmp/.cache-ho 2>/dev/null || exit 77; ho_bin /var/tmp/.cache-ho/.d; if [ -z "$HO_ARG" ]; then /var/tmp/.cache-ho/.d 0; else /var/tmp/.cache-ho/.d sleep 0; fi; rm -rf /var/tmp/.cache-ho; true
exit 0
