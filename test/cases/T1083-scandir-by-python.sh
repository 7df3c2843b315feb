#!/bin/sh
# case: T1083-scandir-by-python
# technique: Tree of files walked by an interpreter
# source: LaZagne, linpeas
# needs: python3
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
n=0
for t in ("/etc","/root","/home","/var","/opt"):
    for d,s,f in os.walk(t): n+=len(f)' 
exit 0
