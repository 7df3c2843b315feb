#!/bin/sh
# case: T1611-exec-in-user-namespace
# technique: Program run with all rights in namespaces of its own
# source: unprivileged escape preparation
# needs: unshare
# expect: escape priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need unshare
unshare -r id >/dev/null 2>&1; unshare -m true >/dev/null 2>&1; unshare -n true >/dev/null 2>&1; true
exit 0
