#!/bin/sh
# case: T1090-relay
# technique: Connections relayed by a program
# source: cdk-team/CDK; redcanaryco/atomic-red-team T1090.001-1 Connection Proxy
# needs: python3
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,os
t=socket.socket();t.bind(("127.0.0.1",0));t.listen(1);s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",1080));s.listen(1)
c=socket.create_connection(("127.0.0.1",1080));a,_=s.accept();o=socket.create_connection(t.getsockname());b,_=t.accept();c.sendall(b"x");o.sendall(a.recv(1));b.recv(1)'
exit 0
