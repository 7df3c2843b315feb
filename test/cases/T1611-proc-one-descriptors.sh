#!/bin/sh
# case: T1611-proc-one-descriptors
# technique: Descriptors and directories of the first process followed
# source: runc CVE-2024-21626
# needs: ls
# expect: escape recon file cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ls
ls -l /proc/1/fd /proc/1/ns /proc/1/cwd/ /proc/1/root/ >/dev/null 2>&1; cat /proc/1/mountinfo /proc/1/maps /proc/1/status >/dev/null 2>&1; true
exit 0
