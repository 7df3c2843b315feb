#!/bin/sh
# case: T1525-image-from-container
# technique: Image made of a running container
# source: MITRE T1525; microsoft/Threat-Matrix-for-Kubernetes
# needs: docker
# expect: lifecycle persistence
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" commit "$TARGET" ho-implant:1 >/dev/null; "$D" rmi ho-implant:1 >/dev/null
exit 0
