#!/bin/sh
# case: T1496.001-cpu-python-threads-numpyless
# technique: Threads that compute
# source: miner load shape
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
python3 -c 'import threading,time,zlib,os,sys
e=time.time()+float(sys.argv[1])
def f():
    b=os.urandom(100000)
    while time.time()<e: zlib.compress(b,9)
t=[threading.Thread(target=f) for i in range(3)];[x.start() for x in t];[x.join() for x in t]' "${HO_SECS:-6}"
exit 0
