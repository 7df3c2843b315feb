#!/bin/sh
# case: B-network-attached
# technique: Container joins a network and leaves it
# source: operations practice
# needs: docker
# expect: lifecycle
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" network create ho-net >/dev/null; "$D" network connect ho-net "$TARGET"; sleep 2; "$D" network disconnect ho-net "$TARGET"; "$D" network rm ho-net >/dev/null
exit 0
