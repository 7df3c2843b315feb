#!/bin/sh
# case: T1055-vm-write
# technique: Memory of another process written
# source: aquasecurity/tracee process_vm_write_inject
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
[ "$(uname -m)" = x86_64 ] || exit 77
python3 -c 'import ctypes,os
c=ctypes.CDLL(None);c.syscall(311,os.getpid(),0,0,0,0,0);c.syscall(310,os.getpid(),0,0,0,0,0)'
exit 0
