#!/bin/sh
# case: T1611-nsenter-init
# technique: Namespaces of the first process entered
# source: cdk-team/CDK; redcanaryco/atomic-red-team T1611-2 nsenter
# needs: nsenter
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nsenter; nsenter -t 1 -m -u -n -p true >/dev/null 2>&1; ls -l /proc/1/ns /proc/1/root >/dev/null 2>&1; true
exit 0
