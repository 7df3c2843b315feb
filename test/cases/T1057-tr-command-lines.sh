#!/bin/sh
# case: T1057-tr-command-lines
# technique: Command lines of all processes by tr
# source: redcanaryco/atomic-red-team T1057-1; LinPEAS processes
# needs: tr
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tr
for p in /proc/[0-9]*; do tr '\0' ' ' < "$p/cmdline" 2>/dev/null; done >/dev/null; true
exit 0
