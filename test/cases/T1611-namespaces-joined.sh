#!/bin/sh
# case: T1611-namespaces-joined
# technique: Container that joins the processes of another
# source: microsoft/Threat-Matrix-for-Kubernetes Sidecar injection
# needs: docker
# expect: escape lifecycle exec
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" run --rm --name ho-join --pid "container:$TARGET" "$HO_IMAGE" /bin/ls /proc/1/root >/dev/null 2>&1; true
exit 0
