#!/bin/sh
# case: T1613-cluster-names
# technique: Names of the cluster looked up
# source: cdk-team/CDK evaluate (kubernetes service names); DataDog/stratus-red-team
# needs: nslookup|getent
# expect: recon net dns
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for n in kubernetes.default.svc.cluster.local metadata.google.internal; do if command -v getent >/dev/null 2>&1; then timeout 3 getent hosts $n; else timeout 3 nslookup $n 127.0.0.1; fi >/dev/null 2>&1; done; env | grep -i kubernetes >/dev/null; true
exit 0
