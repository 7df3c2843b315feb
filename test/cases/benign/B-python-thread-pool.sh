#!/bin/sh
# case: B-python-thread-pool
# technique: Python threads wait and finish
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
python3 -c 'import threading,time
t=[threading.Thread(target=time.sleep,args=(.5,)) for _ in range(8)]
[x.start() for x in t];[x.join() for x in t]' 
exit 0
