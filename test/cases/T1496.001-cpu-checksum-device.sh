#!/bin/sh
# case: T1496.001-cpu-checksum-device
# technique: CPU spent on an endless file
# source: redcanaryco/atomic-red-team T1496 (sha256sum of a device)
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
S=${HO_SECS:-6}; sha256sum /dev/zero >/dev/null & P=$!; sleep "$S"; kill "$P"; wait "$P" 2>/dev/null; true
exit 0
