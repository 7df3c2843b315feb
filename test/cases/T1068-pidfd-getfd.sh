#!/bin/sh
# case: T1068-pidfd-getfd
# technique: Descriptor of another process taken
# source: pidfd_getfd
# needs: python3
# expect: priv evasion syscall cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
python3 -c 'import ctypes,os
c=ctypes.CDLL(None);p=c.syscall(434,1,0);c.syscall(438,p,0,0)' 
exit 0
