#!/bin/sh
# case: T1547.006-module-configuration
# technique: Module to be loaded at boot
# source: redcanaryco/atomic-red-team T1547.006 Linux - Load Kernel Module
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for d in /etc/modprobe.d /etc/modules-load.d; do N=; [ -d $d ] || { N=1; mkdir -p $d || exit 77; }; echo '# ho' > $d/ho.conf; rm -f $d/ho.conf; [ -n "$N" ] && rmdir $d; done; true
exit 0
