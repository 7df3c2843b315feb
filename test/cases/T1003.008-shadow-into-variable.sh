#!/bin/sh
# case: T1003.008-shadow-into-variable
# technique: shadow taken into a variable of bash
# source: redcanaryco/atomic-red-team T1003.008-1
# needs: bash
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
bash -c 'x=$(</etc/shadow); : "${#x}"'
exit 0
