#!/bin/sh
# case: T1622-debugger-check
# technique: Debugger looked for
# source: redcanaryco/atomic-red-team T1622-1 (Linux form); falcosecurity/event-generator syscall.PtraceAntiDebugAttempt; aquasecurity/tracee anti_debugging
# needs: python3
# expect: evasion recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
grep TracerPid /proc/self/status >/dev/null; python3 -c 'import ctypes,os
p=os.fork()
if p==0: ctypes.CDLL(None).ptrace(0,0,0,0);os._exit(0)
os.waitpid(p,0)'
exit 0
