#!/bin/sh
# case: T1552.002-passwords-in-args-by-ps
# technique: Command lines with passwords looked for
# source: LinPEAS processes
# needs: ps
# expect: cred recon exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ps
ps auxww | grep -i pass >/dev/null; true
exit 0
