#!/bin/sh
# case: T1082-proc-version-builtin
# technique: Kernel version by a builtin
# source: redcanaryco/atomic-red-team T1082-3
# needs: sh
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
read -r v < /proc/version; read -r l < /proc/loadavg; : "$v$l"
exit 0
