#!/bin/sh
# case: T1090.003-tor-socks-shape
# technique: Multi-hop proxy: SOCKS on 9050 used by curl
# source: redcanaryco/atomic-red-team T1090.003-3 Tor Proxy Usage - Debian; Dero/DreamBus
# needs: python3 curl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3 curl
python3 -c 'import socket
s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",9050));s.listen(2);s.settimeout(5)
try:
    c,_=s.accept();c.recv(99);c.close()
except OSError: pass' & S=$!; sleep 1; curl -s -m 2 --socks5-hostname 127.0.0.1:9050 http://abcdefghijklmnop.onion/ >/dev/null 2>&1; kill $S 2>/dev/null; wait 2>/dev/null; true
exit 0
