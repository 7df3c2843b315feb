#!/bin/sh
# case: T1610-seccomp-unconfined
# technique: Container without seccomp and AppArmor
# source: CIS Docker 5.1, 5.21; DataDog/stratus-red-team
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run --rm --name ho-sc --security-opt seccomp=unconfined --security-opt apparmor=unconfined "$I" true
exit 0
