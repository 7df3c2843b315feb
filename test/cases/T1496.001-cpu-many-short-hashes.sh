#!/bin/sh
# case: T1496.001-cpu-many-short-hashes
# technique: Many hashes of small inputs, each in a program of its own
# source: miner load shape
# needs: sha256sum
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sha256sum
e=$(( $(date +%s) + ${HO_SECS:-6} )); h=x; while [ "$(date +%s)" -lt $e ]; do for i in 1 2 3 4 5 6 7 8; do h=$(echo "$h" | sha256sum); done; done
exit 0
