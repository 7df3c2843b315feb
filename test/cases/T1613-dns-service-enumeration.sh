#!/bin/sh
# case: T1613-dns-service-enumeration
# technique: Container discovery: cluster services by name
# source: kube-hunter; CDK; peirates
# needs: sh
# expect: recon net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for n in kubernetes.default.svc.cluster.local kube-dns.kube-system any.any.svc.cluster.local metrics-server.kube-system.svc; do (timeout 2 nslookup $n || timeout 2 getent hosts $n || timeout 2 ping -c1 $n) >/dev/null 2>&1; done; true
exit 0
