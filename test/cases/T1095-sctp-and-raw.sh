#!/bin/sh
# case: T1095-sctp-and-raw
# technique: Transports other than TCP and UDP
# source: covert channel
# needs: perl
# expect: net priv exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MSocket -e 'socket(A,2,1,132);socket(B,2,2,136);socket(C,2,3,255);socket(D,10,3,58);socket(E,2,1,262)' 
exit 0
