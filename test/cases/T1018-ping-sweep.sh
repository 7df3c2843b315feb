#!/bin/sh
# case: T1018-ping-sweep
# technique: Remote systems: ping and arping over a range
# source: redcanaryco/atomic-red-team T1018-7 Remote System Discovery - sweep
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for k in 1 2 3 4 5 6; do (timeout 1 ping -c 1 -W 1 127.0.0.$k || timeout 1 nc -z -w 1 127.0.0.$k 22) >/dev/null 2>&1; done; true
exit 0
