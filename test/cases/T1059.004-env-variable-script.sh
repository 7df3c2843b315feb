#!/bin/sh
# case: T1059.004-env-variable-script
# technique: Unix Shell: command kept in an environment variable
# source: redcanaryco/atomic-red-team T1059.004-17 Environment variable scripts
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ART='echo "Atomic Red Team was here... T1059.004"'; export ART; echo $ART | sh >/dev/null; HO_C='id;uname -a'; export HO_C; sh -c 'eval "$HO_C"' >/dev/null
exit 0
