#!/bin/sh
# case: T1095-multicast-and-broadcast
# technique: Datagrams to all neighbours
# source: lateral discovery (mDNS, SSDP)
# needs: python3
# expect: net recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
s=socket.socket(2,2);s.setsockopt(1,6,1)
for a in (("127.255.255.255",137),("127.0.0.1",1900),("127.0.0.1",5353),("127.0.0.1",5355)):
    try: s.sendto(b"M-SEARCH * HTTP/1.1",a)
    except OSError: pass' 
exit 0
