#!/bin/sh
# case: T1496.001-perl-named-kswapd
# technique: Resource hijacking: perl under a kernel thread's name computes
# source: DreamBus; kswapd0 miner
# needs: perl
# expect: resource exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
S=${HO_SECS:-6}; timeout "$S" perl -e '$0="kswapd0";$x=1;while(1){$x=($x*1103515245+12345)%2147483648}'; true
exit 0
