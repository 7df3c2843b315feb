#!/bin/sh
# case: B-garbage-collection
# technique: Heap grows and is collected
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
python3 -c 'import gc,time
for r in range(4):
    x=[[i] for i in range(300000)];del x;gc.collect();time.sleep(.3)'
exit 0
