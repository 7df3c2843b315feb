#!/bin/sh
# case: T1496.001-cpu-perl-children
# technique: Two computing children of an interpreter
# source: miner load shape
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
perl -e 'my @k;for(1..2){my $p=fork;if(!$p){my $e=time+shift;my $x=1;while(time<$e){$x=($x*1103515245+12345)%2147483648 for 1..50000}exit}push @k,$p}waitpid $_,0 for @k' "${HO_SECS:-6}"
exit 0
