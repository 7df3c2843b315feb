#!/bin/sh
# case: T1046-scan-by-awk-shell
# technique: Port scan: shell loop with nc and timeout
# source: CDK; Kinsing
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
for p in 21 22 80 443 2375 2379 3306 5432 6379 8080 9200 10250 27017; do timeout 1 nc -w 1 127.0.0.1 $p </dev/null >/dev/null 2>&1; done; true
exit 0
