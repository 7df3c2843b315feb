#!/bin/sh
# case: T1012-environment-and-limits
# technique: Settings of the process: environ, limits, cgroup
# source: botb; CDK
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(cat /proc/self/environ /proc/1/limits /proc/self/cgroup /proc/1/environ /sys/fs/cgroup/cgroup.controllers; env; ulimit -a) >/dev/null 2>&1; true
exit 0
