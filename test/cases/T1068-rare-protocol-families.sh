#!/bin/sh
# case: T1068-rare-protocol-families
# technique: Sockets of families that kernels load on demand
# source: kernel attack surface (AF_XDP, AF_RXRPC, AF_TIPC, AF_KCM)
# needs: python3
# expect: priv net syscall kernel escape
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for f,t in ((44,3),(43,1),(33,2),(42,2),(41,5),(30,4),(15,3),(29,3)):
    try: socket.socket(f,t).close()
    except OSError: pass' 
exit 0
