#!/bin/sh
# case: T1613-kubelet-probe
# technique: The kubelet and the API asked for pods
# source: MITRE ATT&CK T1613; falcosecurity/rules Contact K8S API server from container
# needs: curl
# expect: recon net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
for u in https://127.0.0.1:10250/pods http://127.0.0.1:10255/pods https://127.0.0.1:6443/api/v1/secrets; do curl -sk -m 1 -H 'Authorization: Bearer decoy' $u >/dev/null; done; true
exit 0
