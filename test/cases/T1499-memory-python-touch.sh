#!/bin/sh
# case: T1499-memory-python-touch
# technique: Memory taken and touched in steps
# source: madhuakula/kubernetes-goat 13
# needs: python3
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import time
b=[]
for i in range(10):
    b.append(bytearray(b"x")*(40<<20));time.sleep(0.3)' 
exit 0
