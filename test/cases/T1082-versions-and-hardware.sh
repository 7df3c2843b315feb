#!/bin/sh
# case: T1082-versions-and-hardware
# technique: System information collected
# source: redcanaryco/atomic-red-team T1082-3 List OS Information; stealthcopter/deepce
# needs: cat
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
uname -a >/dev/null; cat /etc/os-release /etc/issue /proc/version /proc/cpuinfo /proc/meminfo /proc/mounts >/dev/null 2>&1; (lscpu; lsblk; dmidecode) >/dev/null 2>&1; true
exit 0
