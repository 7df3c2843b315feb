#!/bin/sh
# case: T1537-container-exported
# technique: Whole file system of a container taken
# source: MITRE T1537, T1005
# needs: docker
# expect: lifecycle file
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" export "$TARGET" >/dev/null 2>&1; true
exit 0
