#!/bin/sh
# case: T1552.001-environment-secrets
# technique: Environment of processes searched for secrets
# source: falcosecurity/event-generator syscall.ReadEnvironmentVariableFromProcFiles; stealthcopter/deepce environment
# needs: cat grep
# expect: cred file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep
env | grep -iE 'key|secret|token|passw' >/dev/null; cat /proc/1/environ 2>/dev/null | tr '\0' '\n' | grep -ciE 'key|secret|token' >/dev/null; true
exit 0
