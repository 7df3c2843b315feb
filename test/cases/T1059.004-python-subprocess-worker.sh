#!/bin/sh
# case: T1059.004-python-subprocess-worker
# technique: Web worker (python) runs id and uname through subprocess
# source: falcosecurity/event-generator syscall.RunShellUntrusted; DbProgramSpawnedProcess
# needs: python3
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import subprocess
for c in ("id","uname -a","cat /etc/hostname","ls -la /"): subprocess.run(c,shell=True,capture_output=True)' 
exit 0
