#!/bin/sh
# case: B-multiprocess-pool
# technique: Pool of worker processes
# source: operations practice
# needs: sh
# expect: exec resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'from multiprocessing import Pool
if __name__=="__main__":
    with Pool(3) as p: p.map(abs,range(200))'
exit 0
