#!/bin/sh
# case: T1496.001-cpu-hash-loop
# technique: CPU spent on hashes
# source: redcanaryco/atomic-red-team T1496-1 Simulate CPU Load with Yes (hash form)
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
timeout "${HO_SECS:-6}" python3 -c 'import hashlib
b=b"x"
while True: b=hashlib.sha256(b).digest()'; true
exit 0
