#!/bin/sh
# case: T1611-host-etc-mount
# technique: Container with a directory of the node mounted
# source: falcosecurity/rules Launch Sensitive Mount Container; CIS Docker 5.5
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run --rm -v /etc:/mnt:ro "$I" true
exit 0
