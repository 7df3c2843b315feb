#!/bin/sh
# case: T1082-kernel-log
# technique: Log of the kernel read
# source: stealthcopter/deepce; falcosecurity/rules (dmesg)
# needs: dmesg
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dmesg
dmesg >/dev/null 2>&1; head -c 100 /dev/kmsg >/dev/null 2>&1; true
exit 0
