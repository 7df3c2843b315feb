#!/bin/sh
# case: B-port-in-use
# technique: Service started twice, the second ends
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
python3 -c 'import socket
a=socket.socket();a.bind(("127.0.0.1",0));a.listen();b=socket.socket()
try: b.bind(a.getsockname())
except OSError as e: print(e)' >/dev/null
exit 0
