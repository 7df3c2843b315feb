#!/bin/sh
# case: T1499-memory-by-tail
# technique: Memory filled by a tool that keeps its input
# source: denial of service by memory
# needs: tail head
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tail head
head -c 300000000 /dev/zero | tail -c 300000000 | { sleep 3; head -c 1 >/dev/null; }; true
exit 0
