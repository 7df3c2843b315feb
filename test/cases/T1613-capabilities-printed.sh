#!/bin/sh
# case: T1613-capabilities-printed
# technique: Capabilities, user map and confinement of the container
# source: cdk-team/CDK evaluate; stealthcopter/deepce
# needs: grep
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep
grep Cap /proc/self/status >/dev/null; cat /proc/self/uid_map /proc/self/attr/current >/dev/null 2>&1; capsh --print >/dev/null 2>&1; true
exit 0
