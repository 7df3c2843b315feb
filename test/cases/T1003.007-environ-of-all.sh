#!/bin/sh
# case: T1003.007-environ-of-all
# technique: Proc: environment of every process read
# source: falcosecurity/event-generator syscall.ReadEnvironmentVariableFromProcFiles
# needs: sh
# expect: cred recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for d in /proc/[0-9]*; do tr '\0' '\n' < $d/environ; done >/dev/null 2>&1; strings /proc/1/environ >/dev/null 2>&1; true
exit 0
