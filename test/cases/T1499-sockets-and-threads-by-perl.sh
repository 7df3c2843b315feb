#!/bin/sh
# case: T1499-sockets-and-threads-by-perl
# technique: Endpoint DoS: hundreds of children that wait
# source: fork bomb shapes
# needs: perl
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e 'for(1..150){$p=fork;if(!$p){sleep 5;exit}push @p,$p}sleep 4;kill 9,@p;1 while wait()>0' 
exit 0
