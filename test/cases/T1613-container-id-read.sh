#!/bin/sh
# case: T1613-container-id-read
# technique: Container's own identity and mounts read
# source: redcanaryco/atomic-red-team T1613-2 Container and resource discovery; stealthcopter/deepce
# needs: cat
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /proc/self/cgroup /proc/self/mountinfo /proc/1/mountinfo /etc/hostname >/dev/null 2>&1; ls -la / /.dockerenv >/dev/null 2>&1; env | grep -ci kube >/dev/null; true
exit 0
