#!/bin/sh
# case: T1496.001-cpu-sha-pipe
# technique: Resource hijacking: /dev/urandom into sha256sum
# source: XMRig shape
# needs: timeout sha512sum
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need timeout sha512sum
S=${HO_SECS:-6}; timeout "$S" sh -c 'cat /dev/urandom | sha512sum' >/dev/null 2>&1; true
exit 0
