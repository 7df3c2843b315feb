#!/bin/sh
# case: T1082-container-limits
# technique: System information: uname pieces, arch, hostid, memory
# source: redcanaryco/atomic-red-team T1082-5
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(uname -r; uname -m; arch; hostid; cat /etc/debian_version /etc/machine-id /proc/uptime /proc/loadavg /proc/swaps /proc/interrupts /proc/self/status; getconf -a) >/dev/null 2>&1; true
exit 0
