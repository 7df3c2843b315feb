#!/bin/sh
# case: T1562.004-iptables-flush
# technique: Firewall flushed (refused)
# source: redcanaryco/atomic-red-team T1562.004-9 Edit UFW; redcanaryco/atomic-red-team T1562.004-7 Stop/Start UFW
# needs: python3
# expect: evasion priv net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(iptables -F || nft flush ruleset) >/dev/null 2>&1
python3 -c 'import socket
try:
    s=socket.socket(2,3,255);s.setsockopt(0,64,b"\0"*88)
except OSError: pass'
exit 0
