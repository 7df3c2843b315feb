#!/bin/sh
# case: T1059.006-python-one-liner
# technique: Interpreter runs code of its command line
# source: redcanaryco/atomic-red-team T1059.006-1 Execute shell script via python's command mode arguement
# needs: python3
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import subprocess;subprocess.call(["/bin/sh","-c","uname -a >/dev/null; whoami >/dev/null"])'
exit 0
