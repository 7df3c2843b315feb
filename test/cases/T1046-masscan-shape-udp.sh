#!/bin/sh
# case: T1046-masscan-shape-udp
# technique: Port scan: UDP probes to many ports
# source: TeamTNT masscan, zgrab
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v python3 >/dev/null; then python3 -c 'import socket
s=socket.socket(2,2)
for p in range(30000,30060): s.sendto(b"x",("127.0.0.1",p))'; else p=30000; while [ $p -lt 30012 ]; do echo x | timeout 1 nc -u -w 1 127.0.0.1 $p >/dev/null 2>&1; p=$((p+1)); done; fi; true
exit 0
