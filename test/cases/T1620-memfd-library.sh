#!/bin/sh
# case: T1620-memfd-library
# technique: Library loaded from memory
# source: falcosecurity/rules Fileless execution via memfd_create; aquasecurity/tracee fileless_execution
# needs: python3
# expect: fileless evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os,ctypes,glob
l=(glob.glob("/lib/*/libm.so.6")+glob.glob("/lib/*/libdl.so.2"))[0];f=os.memfd_create("x");os.write(f,open(l,"rb").read());ctypes.CDLL(f"/proc/self/fd/{f}")'
exit 0
