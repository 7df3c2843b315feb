#!/bin/sh
# case: T1611-chroot
# technique: Root directory changed
# source: redcanaryco/atomic-red-team T1611 (chroot after mount)
# needs: chroot
# expect: escape priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chroot
chroot / /bin/true >/dev/null 2>&1; true
exit 0
