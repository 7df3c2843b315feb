#!/bin/sh
# case: T1652-drivers
# technique: Drivers of the kernel listed
# source: redcanaryco/atomic-red-team T1652-1 / T1082-14 Linux List Kernel Modules
# needs: cat
# expect: recon file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
(lsmod) >/dev/null 2>&1; cat /proc/modules /proc/kallsyms >/dev/null 2>&1; ls /sys/module /lib/modules >/dev/null 2>&1; true
exit 0
