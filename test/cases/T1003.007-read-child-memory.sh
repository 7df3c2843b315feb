#!/bin/sh
# case: T1003.007-read-child-memory
# technique: Memory of another process read through /proc/PID/mem
# source: redcanaryco/atomic-red-team T1003.007-1 Dump individual process memory with sh on FreeBSD (Local); aquasecurity/tracee proc_mem_access
# needs: python3
# expect: cred file priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os,re,time
p=os.fork()
if p==0: time.sleep(3);os._exit(0)
time.sleep(.3)
for l in open(f"/proc/{p}/maps"):
    if "[heap]" in l or "[stack]" in l:
        a,b=[int(x,16) for x in l.split()[0].split("-")]
        with open(f"/proc/{p}/mem","rb",0) as m: m.seek(a);m.read(min(4096,b-a))
os.kill(p,9);os.waitpid(p,0)'
exit 0
