#!/bin/sh
# case: T1057-command-lines
# technique: Command lines of all processes read
# source: DominicBreuker/pspy
# needs: tr
# expect: recon file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tr
for p in /proc/[0-9]*; do tr '\000' ' ' < $p/cmdline >/dev/null 2>&1; readlink $p/exe $p/cwd >/dev/null 2>&1; done; true
exit 0
