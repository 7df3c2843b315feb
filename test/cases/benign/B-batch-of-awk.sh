#!/bin/sh
# case: B-batch-of-awk
# technique: Figures computed by awk
# source: operations practice
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 100 ]; do echo "$i,$((i*2))"; i=$((i+1)); done | awk -F, '{s+=$2} END{print s}' >/dev/null
exit 0
