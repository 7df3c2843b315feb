#!/bin/sh
# case: T1574.006-preload-file-moved
# technique: ld.so.preload put in place by rename
# source: redcanaryco/atomic-red-team T1574.006-1; libprocesshider
# needs: mv
# expect: file persistence evasion
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/.ho.tmp' EXIT; trap 'exit 1' INT TERM
need mv
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
[ -e /etc/ld.so.preload ] && exit 77; : > /etc/.ho.tmp || exit 77; mv /etc/.ho.tmp /etc/ld.so.preload; rm -f /etc/ld.so.preload
exit 0
