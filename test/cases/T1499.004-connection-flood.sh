#!/bin/sh
# case: T1499.004-connection-flood
# technique: Many connections at once
# source: microsoft/Threat-Matrix-for-Kubernetes Denial of service
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
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(1000);k=[]
for i in range(900):
    c=socket.create_connection(s.getsockname());a,_=s.accept();k+=[c,a]
    if len(k)>100: [x.close() for x in k];k=[]
'
exit 0
