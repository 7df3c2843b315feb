#!/bin/sh
# case: B-websocket-idle
# technique: Many idle connections held for some seconds
# source: operations practice
# needs: python3
# expect: net resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,time
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(200)
c=[socket.create_connection(s.getsockname()) for _ in range(120)];a=[s.accept()[0] for _ in c];time.sleep(4)'
exit 0
