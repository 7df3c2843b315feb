#!/bin/sh
# case: T1057-pgrep-and-pwdx
# technique: Processes: pgrep -a, pwdx, pmap of each
# source: redcanaryco/atomic-red-team T1057
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(pgrep -a .; for d in /proc/[0-9]*; do pwdx ${d#/proc/}; pmap ${d#/proc/}; ls -l $d/cwd $d/exe; done; ps -eo pid,user,args; pidof sh) >/dev/null 2>&1; true
exit 0
