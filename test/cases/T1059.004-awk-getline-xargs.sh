#!/bin/sh
# case: T1059.004-awk-getline-xargs
# technique: Unix Shell: awk getline from a command, xargs into sh
# source: GTFOBins awk, xargs
# needs: awk xargs
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk xargs
awk 'BEGIN{while(("id"|getline l)>0) print l; system("uname -a")}' >/dev/null 2>&1; echo id | xargs -I{} sh -c '{}' >/dev/null; true
exit 0
