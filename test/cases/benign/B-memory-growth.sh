#!/bin/sh
# case: B-memory-growth
# technique: A cache of sixty megabytes for some seconds
# source: operations practice
# needs: python3
# expect: resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import time;b=bytearray(60<<20);time.sleep(3)'
exit 0
