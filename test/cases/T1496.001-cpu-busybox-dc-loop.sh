#!/bin/sh
# case: T1496.001-cpu-busybox-dc-loop
# technique: Processors kept busy by an interpreter of arithmetic
# source: miner load shape
# needs: dc|bc
# expect: resource exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
S=${HO_SECS:-6}; timeout "$S" sh -c 'i=0; while :; do i=$((i * 1103515245 + 12345)); i=$((i % 2147483648)); done'; true
exit 0
