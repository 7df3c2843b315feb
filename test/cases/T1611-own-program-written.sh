#!/bin/sh
# case: T1611-own-program-written
# technique: Own program opened for writing through /proc/self/exe
# source: CVE-2019-5736 (runc); cdk-team/CDK runc-pwn
# needs: python3
# expect: escape file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
try: os.close(os.open("/proc/self/exe",os.O_WRONLY))
except OSError: pass
try: os.close(os.open("/proc/1/exe",os.O_WRONLY))
except OSError: pass'
exit 0
