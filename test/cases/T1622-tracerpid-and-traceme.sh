#!/bin/sh
# case: T1622-tracerpid-and-traceme
# technique: Debugger evasion: TracerPid read, PTRACE_TRACEME
# source: falcosecurity/event-generator syscall.PtraceAntiDebugAttempt; aquasecurity/tracee anti_debugging
# needs: perl
# expect: evasion recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
grep TracerPid /proc/self/status >/dev/null; perl -e 'syscall(101,0,0,0,0)'; cat /proc/sys/kernel/yama/ptrace_scope >/dev/null 2>&1; true
exit 0
