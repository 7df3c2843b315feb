#!/bin/sh
# case: T1611-kernel-symbols-and-kcore
# technique: Escape: kallsyms, kcore, /dev/mem, kmsg read
# source: aquasecurity/tracee proc_kcore_read; LinPEAS
# needs: sh
# expect: escape recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in /proc/kcore /dev/mem /dev/kmem /dev/kmsg /proc/kmsg /boot/System.map /proc/kpageflags /proc/timer_list /proc/sched_debug; do head -c 64 $f >/dev/null 2>&1; done; head -3 /proc/kallsyms >/dev/null 2>&1; true
exit 0
