#!/bin/sh
# case: T1499.001-fd-exhaustion
# technique: Endpoint DoS: thousands of open descriptors
# source: redcanaryco/atomic-red-team T1499; slow resource exhaustion
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
python3 -c 'import os,time
f=[]
try:
    for i in range(4000): f.append(os.open("/dev/null",0))
except OSError: pass
time.sleep(3)' 
exit 0
