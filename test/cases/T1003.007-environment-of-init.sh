#!/bin/sh
# case: T1003.007-environment-of-init
# technique: Environment of the first process read for secrets
# source: cdk-team/CDK evaluate (environment); peass-ng/PEASS-ng linPEAS
# needs: tr grep
# expect: cred file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tr grep
tr '\000' '\n' < /proc/1/environ 2>/dev/null | grep -iE 'pass|token|key|secret' >/dev/null; true
exit 0
