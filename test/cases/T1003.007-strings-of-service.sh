#!/bin/sh
# case: T1003.007-strings-of-service
# technique: Proc memory: python reads the memory of a neighbour
# source: mimipenguin; redcanaryco/atomic-red-team T1003.007-3
# needs: python3
# expect: cred evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
sleep 5 & P=$!; python3 -c 'import sys,re
p=sys.argv[1]
for l in open("/proc/%s/maps"%p):
    if "[stack]" in l or "[heap]" in l:
        a,b=(int(x,16) for x in l.split()[0].split("-"))
        try:
            f=open("/proc/%s/mem"%p,"rb");f.seek(a);f.read(4096)
        except OSError: pass' $P; kill $P; wait 2>/dev/null; true
exit 0
