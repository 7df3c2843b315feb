#!/bin/sh
# case: T1499-connections-perl
# technique: Endpoint DoS: many connections to a listener
# source: slowloris
# needs: perl
# expect: resource net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MIO::Socket::INET -e '$l=IO::Socket::INET->new(Listen=>200,LocalAddr=>"127.0.0.1",LocalPort=>28444,ReuseAddr=>1);for(1..150){push @c,IO::Socket::INET->new("127.0.0.1:28444")}sleep 2' 
exit 0
