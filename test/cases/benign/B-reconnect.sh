#!/bin/sh
# case: B-reconnect
# technique: Connection to the known neighbour lost and made again
# source: operations practice
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
python3 -c 'import socket,sys,time
for i in range(3):
    c=socket.create_connection(tuple(sys.argv[1].split(":")),2);c.sendall(b"GET / HTTP/1.0\r\n\r\n");c.recv(99);c.close();time.sleep(.5)' "${HO_SINK:-127.0.0.1:8099}"
exit 0
