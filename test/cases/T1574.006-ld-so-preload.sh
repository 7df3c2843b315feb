#!/bin/sh
# case: T1574.006-ld-so-preload
# technique: ld.so.preload written (empty comment)
# source: redcanaryco/atomic-red-team T1574.006-1 Shared Library Injection via /etc/ld.so.preload
# needs: sh
# expect: persistence file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -e /etc/ld.so.preload ] && exit 77
trap 'rm -f /etc/ld.so.preload' EXIT; : > /etc/ld.so.preload
exit 0
