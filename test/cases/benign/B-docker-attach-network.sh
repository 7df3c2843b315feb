#!/bin/sh
# case: B-docker-attach-network
# technique: Container connected to one more network
# source: operations practice
# needs: docker
# expect: lifecycle net
# where: host
# image: debian
# caps: none
# seen: -
# in: nginx
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
N=ho-net-$$; "$D" network create "$N" >/dev/null || exit 77; "$D" network connect "$N" "$TARGET"; sleep 1; "$D" network disconnect "$N" "$TARGET"; "$D" network rm "$N" >/dev/null
exit 0
