#!/bin/sh
# case: T1568.002-random-names
# technique: Names made by an algorithm asked for
# source: MITRE T1568.002
# needs: getent|nslookup
# expect: net dns exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for n in qzkxvw1 pplmnq2 zzxcvb3 hhjjkk4 wqrtyp5; do (timeout 2 getent hosts $n.example || timeout 2 nslookup $n.example 127.0.0.1) >/dev/null 2>&1; done; true
exit 0
