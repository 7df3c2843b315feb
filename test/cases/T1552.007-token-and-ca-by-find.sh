#!/bin/sh
# case: T1552.007-token-and-ca-by-find
# technique: Container API: tokens looked for everywhere
# source: peirates; falcosecurity k8s token rules
# needs: sh
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
find / -maxdepth 6 -xdev -name token -path '*secrets*' >/dev/null 2>&1; cat /var/run/secrets/kubernetes.io/serviceaccount/token /run/secrets/kubernetes.io/serviceaccount/namespace /var/run/secrets/eks.amazonaws.com/serviceaccount/token >/dev/null 2>&1; true
exit 0
