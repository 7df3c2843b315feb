#!/bin/sh
# case: T1610-host-pid-and-cap
# technique: Container with the host's processes and SYS_PTRACE
# source: falcosecurity/rules Launch Privileged Container; CIS Docker 5.15
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" run --rm --name ho-hp --pid host --cap-add SYS_PTRACE "$I" true
exit 0
