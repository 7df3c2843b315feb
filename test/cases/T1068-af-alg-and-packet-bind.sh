#!/bin/sh
# case: T1068-af-alg-and-packet-bind
# technique: Exploitation: netlink, AF_ALG, vsock and packet sockets
# source: CVE-2022-2588 cls_route; CVE-2017-7308
# needs: python3
# expect: priv net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for f,t,p in ((16,3,12),(16,3,0),(38,5,0),(40,1,0),(17,3,768),(29,3,1),(31,3,1),(15,3,2)):
    try: socket.socket(f,t,p).close()
    except OSError: pass' 
exit 0
