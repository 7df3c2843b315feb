#!/bin/sh
# case: T1090.002-socks-listener
# technique: Proxy opened for others
# source: MITRE T1090; systembc
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
python3 -c 'import socket,time
s=socket.socket();s.bind(("127.0.0.1",1080));s.listen();time.sleep(1)'
exit 0
