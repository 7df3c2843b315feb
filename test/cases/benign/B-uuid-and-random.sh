#!/bin/sh
# case: B-uuid-and-random
# technique: Identifiers and random numbers made
# source: operations practice
# needs: od
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need od
cat /proc/sys/kernel/random/uuid >/dev/null; head -c 16 /dev/urandom | od -An -tx1 >/dev/null; cat /proc/loadavg /proc/meminfo /proc/self/cgroup >/dev/null
exit 0
