#!/bin/sh
# case: T1611-clone-namespaces-unshare
# technique: Escape: unshare of each namespace by tool
# source: falcosecurity/event-generator syscall.ChangeThreadNamespace; amicontained
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
for f in -m -u -i -n -p -U -C; do unshare $f true 2>/dev/null; done; true
exit 0
