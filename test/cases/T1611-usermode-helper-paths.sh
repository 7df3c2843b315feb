#!/bin/sh
# case: T1611-usermode-helper-paths
# technique: Paths of helpers that the kernel runs written
# source: Metarget/metarget; falcosecurity/rules Detect release_agent / modprobe path
# needs: sh
# expect: escape kernel file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in /proc/sys/kernel/modprobe /proc/sys/fs/binfmt_misc/register /proc/sys/kernel/hotplug /proc/sys/vm/panic_on_oom; do (echo x > $f) 2>/dev/null; done; true
exit 0
