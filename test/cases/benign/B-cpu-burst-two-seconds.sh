#!/bin/sh
# case: B-cpu-burst-two-seconds
# technique: A short computation
# source: operations practice
# needs: sh
# expect: resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done
exit 0
