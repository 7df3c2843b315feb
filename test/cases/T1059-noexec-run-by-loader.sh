#!/bin/sh
# case: T1059-noexec-run-by-loader
# technique: Program on a mount that refuses execution
# source: noexec bypass
# needs: cp
# expect: exec drift fileless evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cp
[ -w /dev/shm ] || exit 77; cp /bin/true /dev/shm/ho-x; chmod 755 /dev/shm/ho-x; /dev/shm/ho-x 2>/dev/null; /lib64/ld-linux-x86-64.so.2 /dev/shm/ho-x 2>/dev/null; rm -f /dev/shm/ho-x; true
exit 0
