#!/bin/sh
# case: T1499.002-idle-connections
# technique: Hundreds of connections held open
# source: slowloris
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
python3 -c 'import socket,time
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(400);c=[]
for i in range(300): c.append(socket.create_connection(s.getsockname()))
time.sleep(3)'
exit 0
