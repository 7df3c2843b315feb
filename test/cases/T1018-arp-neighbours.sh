#!/bin/sh
# case: T1018-arp-neighbours
# technique: Neighbours read from the ARP table
# source: redcanaryco/atomic-red-team T1018-6 Remote System Discovery - arp nix; redcanaryco/atomic-red-team T1018-12 ip neighbour
# needs: cat
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /proc/net/arp >/dev/null; (arp -a || ip neigh) >/dev/null 2>&1; true
exit 0
