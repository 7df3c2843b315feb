#!/bin/sh
# case: T1071.004-dns-txt-orders
# technique: Orders fetched in TXT records
# source: MITRE ATT&CK T1071.004; redcanaryco/atomic-red-team T1071.004
# needs: perl
# expect: net dns exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(PeerAddr=>"127.0.0.1:53",Proto=>"udp") or exit 77;for $i(1..8){$l=unpack("H*",pack("NN",rand(4e9),$i));print $s pack("n6",$i,256,1,0,0,0).pack("C/a*C/a*C/a*Cnn",$l,"orders","invalid",0,16,1)}'
exit 0
