#!/bin/sh
# case: T1046-port-scan-curl
# technique: Ports tried with curl
# source: MITRE ATT&CK T1046; redcanaryco/atomic-red-team T1046
# needs: curl
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
p=3000; while [ $p -lt 3030 ]; do curl -s -m 1 -o /dev/null telnet://127.0.0.1:$p </dev/null; p=$((p+1)); done; true
exit 0
