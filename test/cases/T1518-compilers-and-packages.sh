#!/bin/sh
# case: T1518-compilers-and-packages
# technique: Software: dpkg -l, compilers, versions of databases
# source: LinPEAS; redcanaryco/atomic-red-team T1518
# needs: sh
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(dpkg -l; rpm -qa; apt list --installed; which gcc cc python3 perl nmap wget curl nc; mysql --version; gcc -v) >/dev/null 2>&1; true
exit 0
