#!/bin/sh
# case: T1056-fanotify-watch
# technique: File accesses of all listened to
# source: keylogging and watching by fanotify
# needs: python3
# expect: priv evasion syscall capability
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
python3 -c 'import ctypes
c=ctypes.CDLL(None);f=c.syscall(300,0,0);c.syscall(301,f,1|0x10,0x20,-100,b"/")' 
exit 0
