#!/bin/sh
# case: T1499-thread-flood
# technique: Many threads
# source: madhuakula/kubernetes-goat 13 DoS the Memory/CPU resources
# needs: python3
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import threading,time
for i in range(400): threading.Thread(target=time.sleep,args=(4,),daemon=True).start()
time.sleep(4)'
exit 0
