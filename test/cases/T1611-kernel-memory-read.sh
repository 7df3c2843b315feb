#!/bin/sh
# case: T1611-kernel-memory-read
# technique: Memory of the kernel and of the machine opened
# source: falcosecurity/rules Read sensitive file; docker masked paths
# needs: head
# expect: escape cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need head
head -c 16 /proc/kcore >/dev/null 2>&1; head -c 16 /dev/mem >/dev/null 2>&1; head -c 16 /dev/port >/dev/null 2>&1; true
exit 0
