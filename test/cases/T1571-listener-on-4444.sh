#!/bin/sh
# case: T1571-listener-on-4444
# technique: Listener on an odd port
# source: redcanaryco/atomic-red-team T1571-2 Testing usage of uncommonly used port; CrowdStrike/detection-container
# needs: python3
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket
s=socket.socket();s.setsockopt(1,2,1);s.bind(("0.0.0.0",4444));s.listen(1);c=socket.create_connection(("127.0.0.1",4444));a,_=s.accept();a.send(b"x");c.recv(1)'
exit 0
