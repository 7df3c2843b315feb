#!/bin/sh
# case: T1055.012-vdso-maps
# technique: Injection: maps of others and pagemap read
# source: dirtycow; CDK
# needs: sh
# expect: evasion recon cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for d in /proc/[0-9]*; do head -n 3 $d/maps; head -c 8 $d/pagemap; cat $d/syscall $d/stack; done >/dev/null 2>&1; true
exit 0
