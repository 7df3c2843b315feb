#!/bin/sh
# case: T1613-container-discovery
# technique: Container and its limits examined from inside
# source: stealthcopter/deepce; cdk-team/CDK evaluate; microsoft/Threat-Matrix-for-Kubernetes
# needs: cat grep
# expect: recon escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep
ls -la /.dockerenv / >/dev/null 2>&1; cat /proc/1/cgroup /proc/self/mountinfo >/dev/null 2>&1; grep -E 'Cap|Seccomp|NoNewPrivs' /proc/self/status >/dev/null; grep -c overlay /proc/mounts >/dev/null; ls -la /var/run/docker.sock /run/containerd/containerd.sock >/dev/null 2>&1; true
exit 0
