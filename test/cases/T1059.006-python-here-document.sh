#!/bin/sh
# case: T1059.006-python-here-document
# technique: Python program from a here document
# source: redcanaryco/atomic-red-team T1059.006
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
python3 - <<'E'
import os
os.listdir("/")
E
exit 0
