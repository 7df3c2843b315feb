#!/bin/sh
# case: T1497.003-aslr-inspection
# technique: Kernel settings that exploits depend on read
# source: aquasecurity/tracee aslr_inspection; aquasecurity/tracee sched_debug_recon
# needs: cat
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /proc/sys/kernel/randomize_va_space /proc/sys/kernel/kptr_restrict /proc/sys/kernel/unprivileged_userns_clone /proc/sys/kernel/yama/ptrace_scope >/dev/null 2>&1; head -n 5 /proc/kallsyms >/dev/null 2>&1; true
exit 0
