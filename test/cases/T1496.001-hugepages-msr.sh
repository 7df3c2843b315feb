#!/bin/sh
# case: T1496.001-hugepages-msr
# technique: Resource hijacking: huge pages and MSR prepared
# source: XMRig randomx_boost.sh
# needs: sh
# expect: resource priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(sysctl -w vm.nr_hugepages=128; echo 128 > /proc/sys/vm/nr_hugepages; modprobe msr; cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages; head -c 8 /dev/cpu/0/msr; cat /proc/cpuinfo) >/dev/null 2>&1; true
exit 0
