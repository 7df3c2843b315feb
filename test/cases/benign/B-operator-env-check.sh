#!/bin/sh
# case: B-operator-env-check
# technique: Operator compares environment and version of the service
# source: operations practice
# needs: env sort id
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need env sort id
env | sort >/dev/null; printenv PATH >/dev/null; cat /etc/os-release >/dev/null 2>&1; uname -r >/dev/null; id >/dev/null; whoami >/dev/null 2>&1; hostname -i >/dev/null 2>&1; true
exit 0
