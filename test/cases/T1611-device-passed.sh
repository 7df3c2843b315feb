#!/bin/sh
# case: T1611-device-passed
# technique: Container with a device of the machine
# source: CIS Docker 5.18; cdk-team/CDK mount-disk
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
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" run --rm --name ho-dev --device /dev/kmsg "$HO_IMAGE" /bin/true >/dev/null 2>&1; true
exit 0
