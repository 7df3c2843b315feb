#!/bin/sh
# case: T1620-memfd-python-fexecve
# technique: Fileless: memfd_create in python, run by /proc/PID/fd
# source: falcosecurity/event-generator syscall.FilelessExecutionViaMemfdCreate
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
f=os.memfd_create("",1);os.write(f,open("/bin/true","rb").read())
if os.fork()==0: os.execve(f,["ps"],{})
os.wait()' 
exit 0
