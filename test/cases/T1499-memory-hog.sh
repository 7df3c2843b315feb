#!/bin/sh
# case: T1499-memory-hog
# technique: Memory filled
# source: madhuakula/kubernetes-goat 13 DoS the Memory/CPU resources
# needs: sh
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v python3 >/dev/null 2>&1; then python3 -c 'import time
b=bytearray(400<<20);b[::4096]=b"x"*len(b[::4096]);time.sleep(4)'; else head -c 400000000 /dev/zero | { tail -c 400000000; sleep 4; } >/dev/null; fi; true
exit 0
