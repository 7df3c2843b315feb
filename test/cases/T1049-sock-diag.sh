#!/bin/sh
# case: T1049-sock-diag
# technique: Sockets listed over netlink
# source: ss without ss
# needs: python3
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,struct
s=socket.socket(16,3,4);s.bind((0,0));s.send(struct.pack("<IHHIIBBBBI48x",72,20,0x301,1,0,2,6,0,0,0xffffffff));s.recv(8192)' 
exit 0
