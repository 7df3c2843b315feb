#!/bin/sh
# case: T1082-system-information
# technique: Machine and system looked at
# source: redcanaryco/atomic-red-team T1082-3 List OS Information; cdk-team/CDK evaluate
# needs: uname cat
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need uname
uname -a >/dev/null; cat /proc/version /etc/os-release /etc/issue /proc/cmdline >/dev/null 2>&1; lsblk >/dev/null 2>&1; dmesg >/dev/null 2>&1; true
exit 0
