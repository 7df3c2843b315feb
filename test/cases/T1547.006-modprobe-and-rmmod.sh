#!/bin/sh
# case: T1547.006-modprobe-and-rmmod
# technique: Modules loaded and removed by name
# source: kernel rootkits
# needs: modprobe|insmod
# expect: kernel priv escape exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
modprobe ho_none 2>/dev/null; rmmod ho_none 2>/dev/null; modprobe -r loop 2>/dev/null; true
exit 0
