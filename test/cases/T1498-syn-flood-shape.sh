#!/bin/sh
# case: T1498-syn-flood-shape
# technique: Many connections begun and never finished
# source: Mirai syn flood
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
perl -MSocket -e 'my @k;for(1..600){socket(my $s,2,1|2048,6)or last;connect($s,sockaddr_in(1+$_%20,INADDR_LOOPBACK));push @k,$s}sleep 2' 
exit 0
