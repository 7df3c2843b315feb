#!/bin/sh
# case: T1496.001-cpu-bc-and-openssl
# technique: Resource hijacking: dd, gzip and sort burn processor time
# source: XMRig shape
# needs: timeout gzip
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need timeout gzip
S=${HO_SECS:-6}; timeout "$S" sh -c 'while :; do head -c 300000 /dev/urandom | gzip -9 | cksum; done' >/dev/null 2>&1; true
exit 0
