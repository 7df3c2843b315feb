#!/bin/sh
# case: T1529-reboot-refused
# technique: Restart of the machine asked for
# source: redcanaryco/atomic-red-team T1529-3 Restart System via shutdown - Linux
# needs: python3
# expect: priv escape
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ "$(uname -m)" = x86_64 ] || exit 77; python3 -c 'import ctypes;ctypes.CDLL(None).syscall(169,0,0,0,0)'
exit 0
