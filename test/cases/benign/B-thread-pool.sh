#!/bin/sh
# case: B-thread-pool
# technique: Requests worked off by a pool of threads
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
python3 -c 'from concurrent.futures import ThreadPoolExecutor as T
with T(16) as p: sum(p.map(lambda i:sum(range(i)),range(2000)))'
exit 0
