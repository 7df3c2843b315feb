#!/bin/sh
# case: T1033-users-by-proc
# technique: User discovery: whoami, w, id and /proc loginuid
# source: redcanaryco/atomic-red-team T1033-2 System Owner/User Discovery
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(whoami; id -un; w; who -a; users; logname; cat /proc/self/loginuid; cut -d: -f1,3 /etc/passwd; stat -c %U /root) >/dev/null 2>&1; true
exit 0
