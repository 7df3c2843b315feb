#!/bin/sh
# case: T1496.001-cpu-perl-hash
# technique: Resource hijacking: perl hashes in several processes
# source: XMRig shape; redcanaryco/atomic-red-team T1496-1 Simulate CPU Load with Yes
# needs: perl timeout
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl timeout
S=${HO_SECS:-6}; for k in 1 2; do timeout "$S" perl -e '$x=1;while(1){$x=($x*1103515245+12345)%2147483648}' & done; wait; true
exit 0
