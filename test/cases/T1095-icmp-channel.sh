#!/bin/sh
# case: T1095-icmp-channel
# technique: Data in echo requests
# source: MITRE ATT&CK T1095; redcanaryco/atomic-red-team T1095-1 ICMP C2
# needs: python3
# expect: net priv exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,struct,os
try: s=socket.socket(socket.AF_INET,socket.SOCK_RAW,1)
except PermissionError: raise SystemExit(77)
for i in range(6):
    b=struct.pack(">BBHHH",8,0,0,77,i)+os.urandom(400);t=sum(struct.unpack(">%dH"%(len(b)//2),b));t=(t>>16)+(t&65535);t=~(t+(t>>16))&65535
    s.sendto(b[:2]+struct.pack(">H",t)+b[4:],("127.0.0.1",0))'
exit 0
