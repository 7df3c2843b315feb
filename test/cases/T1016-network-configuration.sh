#!/bin/sh
# case: T1016-network-configuration
# technique: Network configuration read
# source: redcanaryco/atomic-red-team T1016-3 System Network Configuration Discovery
# needs: cat
# expect: recon net file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ip addr; ip route; ifconfig; arp -a) >/dev/null 2>&1; cat /etc/resolv.conf /etc/hosts /proc/net/route /proc/net/arp /proc/net/dev >/dev/null 2>&1; hostname >/dev/null 2>&1; true
exit 0
