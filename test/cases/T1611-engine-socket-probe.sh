#!/bin/sh
# case: T1611-engine-socket-probe
# technique: Engine socket looked for and asked
# source: cdk-team/CDK docker-sock-check; stealthcopter/deepce
# needs: sh
# expect: escape net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for s in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock; do ls -la $s >/dev/null 2>&1; if command -v curl >/dev/null 2>&1; then curl -s -m 2 --unix-socket $s http://localhost/info >/dev/null 2>&1; else nc -w 1 local:$s </dev/null >/dev/null 2>&1; fi; done; true
exit 0
