#!/bin/sh
# case: T1068-odd-sockets
# technique: Socket families that exploits are built on
# source: CVE-2021-22555, CVE-2022-1015, CVE-2021-26708, CVE-2023-0386
# needs: python3
# expect: priv net escape exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for f,t,p in ((16,3,12),(38,5,0),(40,1,0),(30,1,0),(29,3,1)):
    try: socket.socket(f,t,p).close()
    except OSError: pass'
exit 0
