#!/bin/sh
# case: T1496.001-named-like-nginx
# technique: A computing loop that calls itself a worker of nginx
# source: MITRE ATT&CK T1496.001; MITRE ATT&CK T1036.004
# needs: perl
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl timeout
timeout "${HO_SECS:-6}" perl -e '$0="nginx: worker process";$x=1;while(1){$x=($x*1103515245+12345)%2147483648}'; true
exit 0
