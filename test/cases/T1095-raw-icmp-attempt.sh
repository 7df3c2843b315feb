#!/bin/sh
# case: T1095-raw-icmp-attempt
# technique: Raw socket asked for by an interpreter
# source: redcanaryco/atomic-red-team T1095-1 ICMP C2; falcosecurity/rules Packet socket created in container
# needs: python3
# expect: net priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket
for a in ((2,3,1),(17,3,3),(10,3,58)):
    try: socket.socket(*a).close()
    except OSError: pass'
exit 0
