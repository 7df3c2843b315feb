#!/bin/sh
# case: T1014-finit-module-attempt
# technique: Module loaded by descriptor and removed
# source: kernel rootkit
# needs: python3
# expect: kernel priv escape syscall capability
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
c=ctypes.CDLL(None);f=os.open("/etc/hostname",os.O_RDONLY);c.syscall(313,f,b"",0);c.syscall(176,b"ho_none",0)' 
exit 0
