#!/bin/sh
# case: T1498-udp-flood-nc
# technique: Datagrams sent as fast as they go
# source: Mirai udp flood
# needs: python3
# expect: resource net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,time
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);e=time.time()+4
while time.time()<e: s.sendto(b"x"*1000,("127.0.0.1",9))' 
exit 0
