#!/bin/sh
# case: T1057-proc-by-python
# technique: Processes of the container read by an interpreter
# source: process discovery
# needs: python3
# expect: recon file cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
for p in os.listdir("/proc"):
    if p.isdigit():
        try: open("/proc/%s/status"%p).read();open("/proc/%s/cmdline"%p).read();os.readlink("/proc/%s/exe"%p)
        except OSError: pass' 
exit 0
