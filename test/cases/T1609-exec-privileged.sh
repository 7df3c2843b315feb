#!/bin/sh
# case: T1609-exec-privileged
# technique: Privileged docker exec
# source: falcosecurity/rules; CIS Docker 5.23
# needs: docker
# expect: exec escape priv
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec --privileged "$TARGET" sh -c 'id; cat /proc/self/status' >/dev/null
exit 0
