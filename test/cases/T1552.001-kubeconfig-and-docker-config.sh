#!/bin/sh
# case: T1552.001-kubeconfig-and-docker-config
# technique: Credentials of cluster and registry tried
# source: microsoft/Threat-Matrix-for-Kubernetes Access Kubernetes kubeconfig; DataDog/stratus-red-team k8s.credential-access
# needs: cat
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
for f in /root/.kube/config /etc/kubernetes/admin.conf /etc/rancher/k3s/k3s.yaml /root/.docker/config.json; do cat "$f" >/dev/null 2>&1; done; true
exit 0
