#!/bin/sh
# case: T1552.001-history-and-logs-grep
# technique: Credentials in logs: grep over /var/log and environment
# source: LinPEAS
# needs: sh
# expect: cred recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
grep -riE 'password|token=' /var/log >/dev/null 2>&1; (env; cat /proc/self/environ | tr '\0' '\n') | grep -iE 'pass|key|secret' >/dev/null; true
exit 0
