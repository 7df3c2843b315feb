#!/bin/sh
# case: T1016-net-config-by-ip
# technique: Network configuration: ip addr, ss, resolv.conf, iptables -L
# source: redcanaryco/atomic-red-team T1016-3 System Network Configuration Discovery
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ip addr; ip -s link; ifconfig -a; route -n; ss -tulpn; cat /etc/resolv.conf /proc/net/dev /sys/class/net/lo/address; iptables -L) >/dev/null 2>&1; true
exit 0
