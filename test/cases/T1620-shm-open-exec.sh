#!/bin/sh
# case: T1620-shm-open-exec
# technique: Reflective loading: program written to /dev/shm by python and run, then removed
# source: falcosecurity/rules Execution from /dev/shm
# needs: python3
# expect: exec drift fileless
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /dev/shm/.ho-x' EXIT; trap 'exit 1' INT TERM
need python3
cp /bin/true /dev/shm/.ho-x && chmod 700 /dev/shm/.ho-x && python3 -c 'import os,subprocess
p=subprocess.Popen(["/dev/shm/.ho-x"]);os.unlink("/dev/shm/.ho-x");p.wait()'
exit 0
