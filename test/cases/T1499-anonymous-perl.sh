#!/bin/sh
# case: T1499-anonymous-perl
# technique: Memory doubled by an interpreter until enough
# source: denial of service
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
perl -e '$x="x"x1048576;$x.=$x for 1..8;$y=$x.$x;sleep 3' 
exit 0
