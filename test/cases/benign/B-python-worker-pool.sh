#!/bin/sh
# case: B-python-worker-pool
# technique: Python processes of a pool compute shortly
# source: operations practice
# needs: python3
# expect: exec resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'from concurrent.futures import ProcessPoolExecutor as P
with P(2) as p: print(sum(p.map(abs,range(200))))' >/dev/null
exit 0
