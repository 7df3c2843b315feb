#!/bin/sh
# case: T1611-uid-map-written
# technique: Map of users written in a new namespace
# source: unprivileged user namespace
# needs: unshare
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need unshare
unshare -U sh -c 'echo "0 0 1" > /proc/self/uid_map; echo deny > /proc/self/setgroups' >/dev/null 2>&1; true
exit 0
