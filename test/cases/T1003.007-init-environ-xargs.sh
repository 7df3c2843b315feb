#!/bin/sh
# case: T1003.007-init-environ-xargs
# technique: Environment of process 1 split into lines
# source: cdk-team/CDK information gathering; stealthcopter/deepce environment
# needs: xargs
# expect: cred recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need xargs
xargs -0 -n 1 < /proc/1/environ 2>/dev/null | grep -iE 'key|pass|token' >/dev/null; true
exit 0
