#!/bin/sh
# case: T1003.008-shadow-by-read-builtin
# technique: /etc/shadow read line by line with the shell itself
# source: redcanaryco/atomic-red-team T1003.008-1 Access /etc/shadow (Local); falcosecurity/event-generator syscall.ReadSensitiveFileUntrusted
# needs: sh
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
n=0; while IFS=: read -r u h r; do n=$((n+1)); done < /etc/shadow 2>/dev/null; true
exit 0
