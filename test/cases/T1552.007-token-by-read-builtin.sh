#!/bin/sh
# case: T1552.007-token-by-read-builtin
# technique: Service account token read by the shell and decoded
# source: cdk-team/CDK k8s-get-sa-token; Peirates
# needs: sh
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/run/secrets/kubernetes.io/serviceaccount; M=; [ -d /run/secrets ] || M=1; mkdir -p "$D" 2>/dev/null || exit 77
echo aGVhZA.cGF5bG9hZA.c2ln > "$D/token"; IFS=. read -r a b c < "$D/token"; printf '%s' "$b" >/dev/null
rm -f "$D/token"; rmdir "$D" /run/secrets/kubernetes.io; [ -n "$M" ] && rmdir /run/secrets; true
exit 0
