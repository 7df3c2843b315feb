#!/bin/sh
# case: T1611-host-root-rw-mount
# technique: Container with / of the host writable
# source: redcanaryco/atomic-red-team T1611-3 Privilege Escalation via Docker Volume Mapping
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run --rm --name ho-root -v /:/hostfs "$I" true
exit 0
