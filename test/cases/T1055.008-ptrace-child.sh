#!/bin/sh
# case: T1055.008-ptrace-child
# technique: Another process attached to
# source: falcosecurity/event-generator syscall.PtraceAttachedToProcess; aquasecurity/tracee ptrace_code_injection
# needs: python3
# expect: evasion priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes,os,time
p=os.fork()
if p==0: time.sleep(3);os._exit(0)
time.sleep(.2);c=ctypes.CDLL(None);c.ptrace(16,p,0,0);time.sleep(.2);c.ptrace(17,p,0,0);os.kill(p,9);os.waitpid(p,0)'
exit 0
