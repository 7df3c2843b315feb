#!/bin/sh
# case: T1095-udp-socket-shell
# technique: Non-application protocol: commands over UDP by python
# source: bpfdoor; Sliver
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
python3 -c 'import socket,subprocess
a=socket.socket(2,2);a.bind(("127.0.0.1",28053));b=socket.socket(2,2);b.sendto(b"id",("127.0.0.1",28053))
d,p=a.recvfrom(99);a.sendto(subprocess.check_output(d.decode(),shell=True),p)' 
exit 0
