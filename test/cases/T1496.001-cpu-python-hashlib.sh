#!/bin/sh
# case: T1496.001-cpu-python-hashlib
# technique: Hashes computed in one process of an interpreter
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
python3 - "${HO_SECS:-6}" <<'P'
import hashlib,sys,time
e=time.time()+float(sys.argv[1]);h=b"x"
while time.time()<e:
    for i in range(20000): h=hashlib.sha256(h).digest()
P
exit 0
