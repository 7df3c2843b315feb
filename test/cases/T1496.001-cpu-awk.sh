#!/bin/sh
# case: T1496.001-cpu-awk
# technique: Processors kept busy by awk
# source: cryptominer load shape
# needs: awk
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk
K=; for k in 1 2; do awk 'BEGIN{for(i=0;i<1e12;i++)x=x*1.1+i}' & K="$K $!"; done; sleep "${HO_SECS:-6}"; kill $K 2>/dev/null; wait 2>/dev/null; true
exit 0
