#!/bin/sh
# case: T1499.001-descriptors-python
# technique: Descriptors exhausted by an interpreter
# source: LID-DS; descriptor exhaustion
# needs: python3
# expect: resource exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os,time,resource
s,h=resource.getrlimit(resource.RLIMIT_NOFILE);resource.setrlimit(resource.RLIMIT_NOFILE,(min(h,4096),h))
f=[]
try:
    while True: f.append(os.open("/etc/hostname",os.O_RDONLY))
except OSError: pass
time.sleep(3)' 
exit 0
