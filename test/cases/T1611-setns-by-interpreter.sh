#!/bin/sh
# case: T1611-setns-by-interpreter
# technique: Namespaces of the first process entered
# source: cdk-team/CDK; falcosecurity/event-generator syscall.ChangeThreadNamespace
# needs: python3
# expect: escape priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes,os
c=ctypes.CDLL(None)
for n in ("mnt","net","pid"):
    try:
        f=os.open("/proc/1/ns/"+n,0);c.setns(f,0)
    except OSError: pass'
exit 0
