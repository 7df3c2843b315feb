#!/bin/sh
# case: T1610-host-network
# technique: Container in the host's network with NET_ADMIN
# source: CIS Docker 5.9; falcosecurity k8s host network
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
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" create --name ho-hn --network host --cap-add NET_ADMIN "$I" true >/dev/null; "$D" rm -f ho-hn >/dev/null
exit 0
