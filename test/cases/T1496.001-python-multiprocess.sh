#!/bin/sh
# case: T1496.001-python-multiprocess
# technique: Resource hijacking: python takes every core
# source: XMRig shape; Falco event-generator XmrigMiner
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
S=${HO_SECS:-6}; timeout $((S+4)) python3 -c 'import multiprocessing as m,hashlib,time,sys
def f(t):
    e=time.time()+t;b=b"x"
    while time.time()<e: b=hashlib.sha256(b).digest()
p=[m.Process(target=f,args=(float(sys.argv[1]),)) for _ in range(2)]
[x.start() for x in p];[x.join() for x in p]' "$S"; true
exit 0
