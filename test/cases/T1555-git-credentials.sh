#!/bin/sh
# case: T1555-git-credentials
# technique: Stored credentials of a tool read (decoy)
# source: redcanaryco/atomic-red-team T1552.001-4 Extract credentials from files
# needs: cat
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
H=${HOME:-/root}; [ -e "$H/.git-credentials" ] && { echo "SKIP: real one there"; exit 77; }
trap 'rm -f "$H/.git-credentials"' EXIT; echo 'https://decoy:decoy@git.invalid' > "$H/.git-credentials"; cat "$H/.git-credentials" >/dev/null
exit 0
