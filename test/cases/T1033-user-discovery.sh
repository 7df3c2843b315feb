#!/bin/sh
# case: T1033-user-discovery
# technique: Users of the system looked at
# source: redcanaryco/atomic-red-team T1033-2 System Owner/User Discovery
# needs: id
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need id
(who; users; id -un; logname; last -n 5) >/dev/null 2>&1; cat /proc/self/loginuid >/dev/null 2>&1; ls -la /home >/dev/null 2>&1; true
exit 0
