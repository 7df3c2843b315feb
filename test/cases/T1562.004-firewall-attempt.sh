#!/bin/sh
# case: T1562.004-firewall-attempt
# technique: Packet filter looked at and flushed
# source: redcanaryco/atomic-red-team T1562.004-7 Stop/Start UFW firewall (iptables)
# needs: sh
# expect: evasion exec priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v iptables >/dev/null 2>&1; then iptables -L >/dev/null 2>&1; iptables -F >/dev/null 2>&1; elif command -v python3 >/dev/null 2>&1; then python3 -c 'import socket
try: s=socket.socket(socket.AF_INET,socket.SOCK_RAW,255);s.getsockopt(0,64,84)
except OSError: pass'; else echo "SKIP: nothing to try with"; exit 77; fi; true
exit 0
