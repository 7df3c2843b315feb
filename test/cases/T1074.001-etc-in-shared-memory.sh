#!/bin/sh
# case: T1074.001-etc-in-shared-memory
# technique: Configuration staged in /dev/shm
# source: redcanaryco/atomic-red-team T1074.001-2
# needs: cp
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /dev/shm/.c' EXIT; trap 'exit 1' INT TERM
need cp
cp -r /etc /dev/shm/.c 2>/dev/null; rm -rf /dev/shm/.c; true
exit 0
