#!/bin/sh
# case: T1068-netfilter-and-vsock-sockets
# technique: Sockets of families that exploits need
# source: aquasecurity/tracee; google/security-research kernelCTF
# needs: python3
# expect: priv escape
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket
for f,t,p in ((16,3,12),(16,3,6),(40,1,0),(38,5,0),(31,3,1)):
    try: socket.socket(f,t,p).close()
    except OSError: pass'
exit 0
