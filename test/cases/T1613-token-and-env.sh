#!/bin/sh
# case: T1613-token-and-env
# technique: Container discovery: service account directory listed
# source: peirates
# needs: sh
# expect: recon cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ls -laR /var/run/secrets /run/secrets >/dev/null 2>&1; cat /var/run/secrets/kubernetes.io/serviceaccount/ca.crt >/dev/null 2>&1; printenv | grep KUBERNETES_SERVICE >/dev/null; true
exit 0
