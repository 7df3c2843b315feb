#!/bin/sh
# case: T1611-proc-sys-writes
# technique: Escape: modprobe path, kernel domain name and panic written
# source: CDK rewrite; HackTricks sensitive mounts
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in /proc/sys/kernel/modprobe /proc/sys/kernel/hotplug /proc/sys/vm/panic_on_oom /proc/sys/fs/suid_dumpable /proc/sys/kernel/yama/ptrace_scope; do (cat $f; : >> $f) >/dev/null 2>&1; done; true
exit 0
