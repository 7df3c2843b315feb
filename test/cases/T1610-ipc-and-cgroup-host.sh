#!/bin/sh
# case: T1610-ipc-and-cgroup-host
# technique: Container that shares memory and control groups of the host
# source: CIS Docker 5.16, 5.24
# needs: docker
# expect: escape
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" create --name ho-ipc --ipc host --cgroupns host --uts host "$I" true >/dev/null; "$D" rm -f ho-ipc >/dev/null
exit 0
