#!/bin/sh
# case: T1611-root-of-init
# technique: Files of the first process reached through /proc
# source: stealthcopter/deepce; cdk-team/CDK
# needs: ls
# expect: escape file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ls
ls -la /proc/1/root/ /proc/1/cwd/ >/dev/null 2>&1; cat /proc/1/root/etc/hostname >/dev/null 2>&1; cat /proc/1/maps >/dev/null 2>&1; true
exit 0
