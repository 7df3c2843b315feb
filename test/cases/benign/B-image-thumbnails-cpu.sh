#!/bin/sh
# case: B-image-thumbnails-cpu
# technique: Pictures resized: some seconds of computing
# source: operations practice
# needs: python3
# expect: resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import time,hashlib
e=time.time()+5;n=0
while time.time()<e: n+=1; hashlib.sha256(bytes(100000)).digest()'
exit 0
