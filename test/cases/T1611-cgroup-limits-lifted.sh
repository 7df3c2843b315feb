#!/bin/sh
# case: T1611-cgroup-limits-lifted
# technique: Own limits lifted through the cgroup tree
# source: escape from resource limits
# needs: sh
# expect: escape file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in memory.max cpu.max pids.max cgroup.subtree_control; do echo max > /sys/fs/cgroup/$f; done 2>/dev/null; mkdir /sys/fs/cgroup/ho 2>/dev/null && rmdir /sys/fs/cgroup/ho; true
exit 0
