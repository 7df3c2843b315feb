#!/bin/sh
# case: B-statsd-udp
# technique: Counters sent to a local statsd over UDP
# source: operations practice
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
python3 - <<'E'
import socket,time
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.bind(('127.0.0.1',0))
c=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for i in range(30): c.sendto(b'app.requests:1|c',s.getsockname());s.recv(100);time.sleep(.02)
E
exit 0
