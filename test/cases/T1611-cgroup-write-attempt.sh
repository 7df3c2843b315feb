#!/bin/sh
# case: T1611-cgroup-write-attempt
# technique: Control groups made and changed
# source: CVE-2022-0492
# needs: mkdir
# expect: escape file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mkdir
mkdir /sys/fs/cgroup/ho 2>/dev/null && rmdir /sys/fs/cgroup/ho; (echo 1 > /sys/fs/cgroup/cgroup.procs) 2>/dev/null; true
exit 0
