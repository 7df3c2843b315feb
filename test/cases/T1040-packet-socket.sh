#!/bin/sh
# case: T1040-packet-socket
# technique: Packets of the network read from a raw socket
# source: redcanaryco/atomic-red-team T1040-2 Packet Capture Linux
# needs: python3
# expect: cred net priv
# where: container
# image: debian
# caps: net_raw
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
try:
    s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(3));s.settimeout(.5)
    try: s.recv(100)
    except OSError: pass
except OSError: pass'
exit 0
