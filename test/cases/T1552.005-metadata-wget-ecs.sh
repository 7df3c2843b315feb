#!/bin/sh
# case: T1552.005-metadata-wget-ecs
# technique: Instance metadata: ECS and Alibaba addresses
# source: peirates; stratus-red-team
# needs: sh
# expect: cred net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for u in http://169.254.170.2/v2/credentials http://100.100.100.200/latest/meta-data/ram; do (timeout 2 wget -q -O /dev/null "$u" || timeout 2 curl -s -m 1 -o /dev/null "$u") 2>/dev/null; done; true
exit 0
