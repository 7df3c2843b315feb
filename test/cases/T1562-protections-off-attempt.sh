#!/bin/sh
# case: T1562-protections-off-attempt
# technique: Protections of the kernel switched off
# source: redcanaryco/atomic-red-team T1562.001 setenforce / T1562 sysctl
# needs: sysctl|sh
# expect: evasion kernel exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(sysctl -w kernel.randomize_va_space=0; sysctl -w kernel.yama.ptrace_scope=0; setenforce 0; echo 0 > /sys/fs/selinux/enforce; echo 0 > /proc/sys/kernel/randomize_va_space) >/dev/null 2>&1; true
exit 0
