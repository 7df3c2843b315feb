#!/bin/sh
# case: T1499.001-pipes-perl
# technique: Pipes opened until none is left
# source: descriptor exhaustion
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
perl -e 'my @k;while(@k<8000){my($r,$w);pipe($r,$w) or last;push @k,$r,$w}sleep 3' 
exit 0
