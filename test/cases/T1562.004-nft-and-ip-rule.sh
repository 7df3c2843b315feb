#!/bin/sh
# case: T1562.004-nft-and-ip-rule
# technique: Firewall: nft, ufw and routing rules
# source: redcanaryco/atomic-red-team T1562.004-7 Stop/Start UFW firewall
# needs: sh
# expect: evasion exec priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(nft flush ruleset; ufw disable; ip rule add from 10.9.9.9 table 99; ip link add ho0 type dummy; ifconfig lo 127.0.0.2; route add -net 10.99.0.0 netmask 255.255.0.0 lo; ip route add blackhole 10.98.0.0/16) >/dev/null 2>&1; true
exit 0
