#!/bin/sh
# case: T1014-load-module-by-descriptor
# technique: Modules and another kernel loaded by system call
# source: falcosecurity/rules Linux Kernel Module Injection Detected; aquasecurity/tracee
# needs: python3
# expect: escape evasion priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || exit 77
python3 -c 'import ctypes
c=ctypes.CDLL(None);c.syscall(313,-1,b"",0);c.syscall(175,0,0,b"");c.syscall(246,0,0,0,0);c.syscall(320,-1,-1,0,0,0)'
exit 0
