#!/bin/sh
# case: T1003.008-shadow-through-proc
# technique: Hashes read through the root of a process
# source: cdk-team/CDK; deepce
# needs: cat
# expect: cred file escape
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
cat /proc/1/root/etc/shadow >/dev/null 2>&1; cat /proc/self/root/etc/shadow >/dev/null 2>&1; true
exit 0
