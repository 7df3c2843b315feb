#!/bin/sh
# case: T1496.001-cpu-compress
# technique: Processors kept busy by compressing nothing
# source: miner load shape
# needs: gzip
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need gzip
K=; for k in 1 2; do gzip -9 < /dev/zero > /dev/null & K="$K $!"; done; sleep "${HO_SECS:-6}"; kill $K 2>/dev/null; wait 2>/dev/null; true
exit 0
