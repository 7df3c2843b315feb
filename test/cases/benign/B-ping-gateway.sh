#!/bin/sh
# case: B-ping-gateway
# technique: Operator checks whether the gateway answers
# source: operations practice
# needs: cat
# expect: net recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
(ping -c 2 -W 1 127.0.0.1 || true) >/dev/null 2>&1; (traceroute -m 1 127.0.0.1 || true) >/dev/null 2>&1; (ip route || route -n || cat /proc/net/route) >/dev/null 2>&1; true
exit 0
