#!/bin/sh
# case: T1071.004-resolver-by-perl
# technique: Odd names asked for through the resolver
# source: dns beacons
# needs: perl
# expect: net dns
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e 'gethostbyname("x$_.c2-ho.example") for 1..3;gethostbyname("169.254.169.254.nip.example")' 
exit 0
