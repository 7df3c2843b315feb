#!/bin/sh
# case: T1552.007-token-tar
# technique: Whole service account directory archived
# source: cdk-team/CDK k8s-get-sa-token
# needs: tar
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tar
D=/run/secrets/kubernetes.io/serviceaccount; M=; [ -d /run/secrets ] || M=1; mkdir -p "$D" 2>/dev/null || exit 77; echo decoy > "$D/token"; echo decoy > "$D/ca.crt"
tar cf - -C "$D" . >/dev/null 2>&1; rm -f "$D/token" "$D/ca.crt"; rmdir "$D" /run/secrets/kubernetes.io; [ -n "$M" ] && rmdir /run/secrets; true
exit 0
