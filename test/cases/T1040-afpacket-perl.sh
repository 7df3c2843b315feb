#!/bin/sh
# case: T1040-afpacket-perl
# technique: Sniffing: packet socket bound and read, interface flags set
# source: falcosecurity/event-generator syscall.PacketSocketCreatedInContainer
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
perl -MSocket -e 'socket(S,17,3,0x300)&&do{vec($r,fileno(S),1)=1;select($r,undef,undef,.5)}'; (ifconfig lo promisc; ip link set lo promisc on; ifconfig lo -promisc; ip link set lo promisc off) >/dev/null 2>&1; true
exit 0
