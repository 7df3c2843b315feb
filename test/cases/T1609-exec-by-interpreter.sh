#!/bin/sh
# case: T1609-exec-by-interpreter
# technique: Command executed in a running container
# source: redcanaryco/atomic-red-team T1609-2 Docker exec; microsoft/Threat-Matrix-for-Kubernetes Exec into container
# needs: docker
# expect: exec lifecycle
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=${DOCKER:-docker}; : "${TARGET:?container name}"; "$D" exec -u 0 "$TARGET" sh -c 'cat /etc/shadow >/dev/null 2>&1; id >/dev/null'
exit 0
