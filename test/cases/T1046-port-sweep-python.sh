#!/bin/sh
# case: T1046-port-sweep-python
# technique: Ports of loopback swept
# source: redcanaryco/atomic-red-team T1046-1 Port Scan; CDK probe
# needs: python3
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket
for p in list(range(1,60))+[443,2375,2379,3306,5432,6443,10250]:
    s=socket.socket();s.settimeout(.1);s.connect_ex(("127.0.0.1",p));s.close()'
exit 0
