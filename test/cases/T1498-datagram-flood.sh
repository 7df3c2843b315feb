#!/bin/sh
# case: T1498-datagram-flood
# technique: Flood of datagrams
# source: MITRE T1498
# needs: python3
# expect: resource net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,time,os
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);e=time.time()+float(os.environ.get("HO_SECS","6"))
while time.time()<e:
    for p in range(9000,9100): s.sendto(b"x"*1000,("127.0.0.1",p))'
exit 0
