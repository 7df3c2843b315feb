#!/bin/sh
# case: T1055.009-mem-write-by-dd
# technique: Injection: dd writes into /proc/PID/mem of a child
# source: redcanaryco/atomic-red-team T1055.009
# needs: sh
# expect: evasion priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
sleep 4 & P=$!; A=$(grep -m1 'rw-p' /proc/$P/maps | cut -d- -f1); dd if=/dev/zero of=/proc/$P/mem bs=1 count=1 seek=$((0x${A:-0})) conv=notrunc 2>/dev/null; kill $P; wait 2>/dev/null; true
exit 0
