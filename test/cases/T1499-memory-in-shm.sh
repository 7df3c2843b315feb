#!/bin/sh
# case: T1499-memory-in-shm
# technique: Memory filled through the shared memory directory
# source: denial of service
# needs: dd
# expect: resource file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dd
trap 'rm -f /dev/shm/ho-*' EXIT; for i in 1 2 3 4 5 6; do dd if=/dev/zero of=/dev/shm/ho-$i bs=1048576 count=10 2>/dev/null; done; sleep 2; true
exit 0
