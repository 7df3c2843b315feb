#!/bin/sh
# case: T1496.001-cpu-sort-random
# technique: Processors kept busy by sorting random numbers
# source: miner load shape
# needs: sort
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sort
e=$(( $(date +%s) + ${HO_SECS:-6} )); while [ "$(date +%s)" -lt $e ]; do head -c 3000000 /dev/urandom | od -An -tx4 | sort | uniq -c >/dev/null; done
exit 0
