#!/bin/sh
# case: T1082-linpeas-kernel-and-cpu
# technique: System information: what LinPEAS asks for
# source: redcanaryco/atomic-red-team T1082-3 List OS Information; LinPEAS
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(uname -a; cat /etc/os-release /etc/issue /etc/lsb-release /proc/version /proc/cpuinfo /proc/meminfo; lscpu; free; nproc; hostname; cat /proc/cmdline; uptime; cat /sys/class/dmi/id/bios_version) >/dev/null 2>&1; true
exit 0
