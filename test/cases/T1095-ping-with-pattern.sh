#!/bin/sh
# case: T1095-ping-with-pattern
# technique: Data carried in echo requests
# source: icmp exfiltration by ping pattern
# needs: ping
# expect: net exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ping
for d in 61 62 63; do ping -c 1 -W 1 -s 32 -p $d 127.0.0.1 >/dev/null 2>&1; done; true
exit 0
