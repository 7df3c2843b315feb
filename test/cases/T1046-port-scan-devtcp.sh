#!/bin/sh
# case: T1046-port-scan-devtcp
# technique: Port scan with the shell alone
# source: redcanaryco/atomic-red-team T1046-1 Port Scan
# needs: bash
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash -c 'for p in $(seq 1000 1040); do (echo > /dev/tcp/127.0.0.1/$p) 2>/dev/null; done'; true
exit 0
