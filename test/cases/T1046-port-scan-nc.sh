#!/bin/sh
# case: T1046-port-scan-nc
# technique: Port scan with netcat
# source: redcanaryco/atomic-red-team T1046-2 Port Scan Nmap (netcat)
# needs: nc
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
Z=; nc -h 2>&1 | grep -q -- -z && Z=-z; p=20; while [ $p -lt 45 ]; do nc $Z -w 1 127.0.0.1 $p </dev/null >/dev/null 2>&1; p=$((p+1)); done; true
exit 0
