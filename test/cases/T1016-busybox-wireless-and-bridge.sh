#!/bin/sh
# case: T1016-busybox-wireless-and-bridge
# technique: Interfaces, bridges and neighbours listed
# source: redcanaryco/atomic-red-team T1016-3
# needs: ifconfig|ip
# expect: recon exec net
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ifconfig -a >/dev/null 2>&1; brctl show >/dev/null 2>&1; ip neigh >/dev/null 2>&1; ip rule >/dev/null 2>&1; arp -a >/dev/null 2>&1; ipneigh >/dev/null 2>&1; true
exit 0
