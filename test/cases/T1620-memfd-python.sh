#!/bin/sh
# case: T1620-memfd-python
# technique: A program in memory only, started by Python
# source: MITRE ATT&CK T1620; falcosecurity/event-generator syscall.FilelessExecutionViaMemfdCreate
# needs: python3
# expect: fileless exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
f=os.memfd_create("ho");os.write(f,open("/bin/true","rb").read())
p=os.fork()
if p==0: os.execve(f,["dbus-daemon"],{})
os.waitpid(p,0)'
exit 0
