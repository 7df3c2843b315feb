#!/bin/sh
# case: T1046-port-scan-python
# technique: Port scan from an interpreter
# source: redcanaryco/atomic-red-team T1046-4 Port Scan using python
# needs: python3
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for p in range(1,200):
    s=socket.socket();s.settimeout(.2);s.connect_ex(("127.0.0.1",p));s.close()'
exit 0
