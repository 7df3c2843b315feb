#!/bin/sh
# case: T1613-k8s-api-anonymous
# technique: Container discovery: API server and kubelet asked for pods
# source: peirates; kube-hunter; CDK k8s-anonymous-login
# needs: curl
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
for u in 127.0.0.1:6443/api 127.0.0.1:10250/pods 127.0.0.1:10255/pods 127.0.0.1:2379/version 127.0.0.1:8001/api/v1/secrets; do curl -sk -m 2 "https://$u" >/dev/null 2>&1; done; true
exit 0
