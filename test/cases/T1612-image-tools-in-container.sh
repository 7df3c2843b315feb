#!/bin/sh
# case: T1612-image-tools-in-container
# technique: Build on host: docker, podman, kubectl, ctr tried inside
# source: redcanaryco/atomic-red-team T1612-1; peirates
# needs: sh
# expect: exec escape net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for t in docker podman kubectl ctr crictl nerdctl runc; do "$t" ps >/dev/null 2>&1; done; DOCKER_HOST=tcp://127.0.0.1:2375; export DOCKER_HOST; (curl -s -m 1 http://127.0.0.1:2375/version || wget -q -T 1 -O - http://127.0.0.1:2375/version || nc -w 1 127.0.0.1 2375 </dev/null) >/dev/null 2>&1; true
exit 0
