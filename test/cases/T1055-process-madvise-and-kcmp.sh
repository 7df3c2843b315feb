#!/bin/sh
# case: T1055-process-madvise-and-kcmp
# technique: Other processes compared and advised
# source: injection by rare calls
# needs: python3
# expect: priv evasion syscall
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
c=ctypes.CDLL(None);c.syscall(312,1,os.getpid(),0,0,0);p=c.syscall(434,os.getpid(),0);c.syscall(440,p,0,0,0,0);c.syscall(310,1,0,0,0,0,0)' 
exit 0
