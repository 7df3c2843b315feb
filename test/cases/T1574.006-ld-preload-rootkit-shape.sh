#!/bin/sh
# case: T1574.006-ld-preload-rootkit-shape
# technique: Dynamic linker: /etc/ld.so.preload made, immutable and read
# source: Father, bdvl, libprocesshider; redcanaryco/atomic-red-team T1574.006-1 Shared Library Injection via /etc/ld.so.preload
# needs: sh
# expect: file persistence evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'chattr -i /etc/ld.so.preload 2>/dev/null; rm -f /etc/ld.so.preload' EXIT; trap 'exit 1' INT TERM
[ -e /etc/ld.so.preload ] && exit 77; : > /etc/ld.so.preload || exit 77; (chattr +i /etc/ld.so.preload; lsattr /etc/ld.so.preload) >/dev/null 2>&1; cat /etc/ld.so.preload; true
exit 0
