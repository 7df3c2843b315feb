#!/bin/sh
# case: T1496.001-cpu-factor-seq
# technique: Processors kept busy by an endless stream of numbers that is hashed
# source: miner load shape
# needs: seq md5sum timeout
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need seq md5sum timeout
timeout "${HO_SECS:-6}" seq 1 999999999 | md5sum >/dev/null; true
exit 0
