#!/bin/sh
# case: T1613-k8s-env-and-mounts
# technique: Container discovery: service variables, mounts, resolv.conf
# source: peirates; kubeletmein
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(env; cat /etc/resolv.conf /etc/hosts /proc/mounts /proc/self/mounts; set) 2>/dev/null | grep -iE 'kubernetes|svc|overlay|docker' >/dev/null; cat /proc/1/cgroup /proc/1/comm /proc/1/cmdline >/dev/null 2>&1; hostname -i >/dev/null 2>&1; true
exit 0
