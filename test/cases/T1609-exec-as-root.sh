#!/bin/sh
# case: T1609-exec-as-root
# technique: Commands brought in with docker exec to look around and take hashes
# source: microsoft/Threat-Matrix-for-Kubernetes Exec into container; redcanaryco/atomic-red-team T1609-2 Docker Exec Into Container
# needs: docker
# expect: exec cred file
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"; "$D" exec "$TARGET" sh -c 'id; cat /etc/shadow; env' >/dev/null
exit 0
