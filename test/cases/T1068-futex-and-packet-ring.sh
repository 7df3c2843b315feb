#!/bin/sh
# case: T1068-futex-and-packet-ring
# technique: Interfaces of known kernel flaws called
# source: CVE-2016-8655, CVE-2022-27666 shape
# needs: python3
# expect: priv escape syscall net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for f,t,p in ((17,3,768),(16,3,12),(16,3,6),(15,3,2),(38,5,0),(40,1,0)):
    try:
        s=socket.socket(f,t,p);s.setsockopt(263,5,b"x"*16);s.close()
    except OSError: pass' 
exit 0
