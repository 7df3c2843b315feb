#!/bin/sh
# case: B-cgroup-limits-read
# technique: Runtime reads its own limits to size its pools
# source: operations practice
# needs: nproc cat
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nproc cat
cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.current /sys/fs/cgroup/pids.max >/dev/null 2>&1; nproc >/dev/null; cat /proc/self/cgroup /proc/cpuinfo >/dev/null
exit 0
