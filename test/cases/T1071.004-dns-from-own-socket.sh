#!/bin/sh
# case: T1071.004-dns-from-own-socket
# technique: Name queries made by hand to odd servers
# source: dns tunnels without the resolver
# needs: python3
# expect: net dns
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,struct,os,binascii
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(12):
    l=binascii.hexlify(os.urandom(25));q=struct.pack(">HHHHHH",i,256,1,0,0,0)+bytes([len(l)])+l+b"\x01t\x07example\x00"+struct.pack(">HH",16,1)
    s.sendto(q,("127.0.0.1",53))' 
exit 0
