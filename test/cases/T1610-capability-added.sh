#!/bin/sh
# case: T1610-capability-added
# technique: Container with SYS_ADMIN and without seccomp
# source: CIS Docker 5.3, 5.22; falcosecurity/rules Launch Excessively Capable Container
# needs: docker
# expect: escape priv
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" run --rm --name ho-cap --cap-add SYS_ADMIN --security-opt seccomp=unconfined "$HO_IMAGE" /bin/true >/dev/null 2>&1; true
exit 0
