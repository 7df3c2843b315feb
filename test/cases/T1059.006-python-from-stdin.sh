#!/bin/sh
# case: T1059.006-python-from-stdin
# technique: Python program fed by standard input
# source: redcanaryco/atomic-red-team T1059.006-2 Execute Python via scripts
# needs: python3
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
printf 'import os,platform\nos.uname();platform.node()\n' | python3 - >/dev/null
exit 0
