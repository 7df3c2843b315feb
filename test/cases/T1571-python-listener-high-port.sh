#!/bin/sh
# case: T1571-python-listener-high-port
# technique: Odd port: backdoor listens on 31337 and accepts
# source: cdk-team/CDK; bind shells
# needs: python3
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
s=socket.socket();s.setsockopt(1,2,1);s.bind(("0.0.0.0",31337));s.listen(1)
c=socket.create_connection(("127.0.0.1",31337));a,_=s.accept();a.sendall(b"$ ");c.recv(9)' 
exit 0
