#!/bin/sh
# case: T1068-new-mount-interface
# technique: Mounts tried with the new system calls
# source: container escape by fsopen and open_tree (CVE-2022-0185 shape)
# needs: python3
# expect: escape priv syscall
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
c=ctypes.CDLL(None);f=c.syscall(430,b"tmpfs",0);t=c.syscall(428,-100,b"/etc",1);c.syscall(442,-100,b"/tmp",0,0,0);c.syscall(429,-1,b"",-100,b"/tmp",4)' 
exit 0
