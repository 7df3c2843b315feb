#!/bin/sh
# case: T1018-remote-systems-by-perl
# technique: Remote systems: neighbours, hosts file, tcp metrics
# source: redcanaryco/atomic-red-team T1018-6 Remote System Discovery - arp nix; T1018-12 ip neighbour
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ip neigh show; ip route; ip tcp_metrics show; arp -a) >/dev/null 2>&1; cat /proc/net/arp /etc/hosts /proc/net/route /proc/net/fib_trie >/dev/null 2>&1; true
exit 0
