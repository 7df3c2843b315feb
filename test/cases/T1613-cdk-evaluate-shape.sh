#!/bin/sh
# case: T1613-cdk-evaluate-shape
# technique: Container discovery: what a breakout tool looks at first
# source: CDK evaluate; amicontained; botb
# needs: sh
# expect: recon escape
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /proc/1/status /proc/self/mountinfo /proc/self/cgroup /proc/1/mountinfo /proc/self/uid_map /proc/self/attr/current >/dev/null 2>&1; grep -i seccomp /proc/self/status >/dev/null; ls -la /.dockerenv /run/secrets /var/run/secrets/kubernetes.io >/dev/null 2>&1; env | grep -i kube >/dev/null; capsh --print >/dev/null 2>&1; df -h >/dev/null 2>&1; true
exit 0
