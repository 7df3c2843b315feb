#!/bin/sh
# case: T1489-children-killed-by-python
# technique: Programs of the container killed one after the other
# source: ransomware (services ended before encryption)
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
python3 -c 'import subprocess,os,signal,time
k=[subprocess.Popen(["sleep","30"]) for i in range(8)]
time.sleep(.3)
for p in k: os.kill(p.pid,signal.SIGKILL); p.wait()'
exit 0
