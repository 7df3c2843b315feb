#!/bin/sh
# case: T1059.004-shells-available
# technique: Unix Shell: which shells there are, and each tried
# source: redcanaryco/atomic-red-team T1059.004-10 What shells are available
# needs: sh
# expect: exec recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /etc/shells >/dev/null 2>&1; for k in bash dash ash zsh ksh csh rbash; do "$k" -c 'exit 0' >/dev/null 2>&1; done; true
exit 0
