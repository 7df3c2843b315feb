#!/bin/sh
# case: T1205-port-knocking
# technique: Closed ports knocked at in turn
# source: redcanaryco/atomic-red-team T1205 Traffic Signaling
# needs: nc
# expect: net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
Z=; nc -h 2>&1 | grep -q -- -z && Z=-z; for p in 7000 8000 9000; do nc $Z -w 1 127.0.0.1 $p </dev/null >/dev/null 2>&1; done; true
exit 0
