#!/bin/sh
# case: T1499.001-inotify-and-eventfd
# technique: Watches and event descriptors used up
# source: resource exhaustion
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
python3 -c 'import ctypes,time
c=ctypes.CDLL(None)
while c.eventfd(0,0)>=0: pass
for i in range(500):
    if c.inotify_init()<0: break
time.sleep(3)' 
exit 0
