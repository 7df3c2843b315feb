#!/bin/sh
# case: B-memory-cache-fill
# technique: Application fills its memory cache after a start
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
c={i:bytes(1000) for i in range(60000)}
time.sleep(2)'
exit 0
