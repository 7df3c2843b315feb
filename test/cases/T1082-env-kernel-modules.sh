#!/bin/sh
# case: T1082-env-kernel-modules
# technique: System information: modules, config, limits, sysctl -a
# source: LinPEAS; redcanaryco/atomic-red-team T1082-10 Linux VM / lsmod
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(lsmod; cat /proc/modules; zcat /proc/config.gz; sysctl -a; ulimit -a; cat /proc/sys/kernel/randomize_va_space /proc/filesystems /proc/devices) >/dev/null 2>&1; true
exit 0
