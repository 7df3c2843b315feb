#!/bin/sh
# case: T1016-routes-and-resolver
# technique: Network configuration read
# source: redcanaryco/atomic-red-team T1016-3 System Network Configuration Discovery
# needs: cat
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /proc/net/route /proc/net/fib_trie /proc/net/dev /etc/resolv.conf /etc/hosts >/dev/null 2>&1; (ip addr || ifconfig) >/dev/null 2>&1; (ip route || route -n) >/dev/null 2>&1; true
exit 0
