#!/bin/sh
# case: T1095-raw-icmp-by-perl
# technique: Non-application protocol: raw ICMP and SCTP sockets
# source: redcanaryco/atomic-red-team T1095-1 ICMP C2; bpfdoor
# needs: perl
# expect: net priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MSocket -e 'socket(S,PF_INET,SOCK_RAW,1);send(S,pack("C2nnn",8,0,0,1,1)."cmd",0,sockaddr_in(0,INADDR_LOOPBACK));socket(T,PF_INET,SOCK_STREAM,132);socket(U,17,3,0x300)'; true
exit 0
