#!/bin/sh
# case: T1496.001-cpu-bzip-zero
# technique: Processors kept busy by a compressor
# source: miner load shape
# needs: bzip2|gzip timeout
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need timeout
Z=gzip; command -v bzip2 >/dev/null && Z=bzip2; timeout "${HO_SECS:-6}" $Z -9 -c < /dev/zero > /dev/null; true
exit 0
