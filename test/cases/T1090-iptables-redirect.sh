#!/bin/sh
# case: T1090-iptables-redirect
# technique: Proxy: sysctl ip_forward and NAT rules tried
# source: Kinsing; redcanaryco/atomic-red-team T1562.004
# needs: sh
# expect: exec net priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo 1 > /proc/sys/net/ipv4/ip_forward; iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-port 8080; ip route add 10.77.0.0/16 dev lo; ip tuntap add ho0 mode tun) >/dev/null 2>&1; true
exit 0
