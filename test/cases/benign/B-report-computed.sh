#!/bin/sh
# case: B-report-computed
# technique: Two seconds of arithmetic
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
python3 -c 'import time
t=time.time();n=0
while time.time()-t<2: n+=sum(i*i for i in range(1000))'
exit 0
