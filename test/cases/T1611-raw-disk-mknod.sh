#!/bin/sh
# case: T1611-raw-disk-mknod
# technique: Block device made and read
# source: cdk-team/CDK mknod; falcosecurity/rules
# needs: mknod
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mknod; mknod "$W/sda" b 8 0 2>/dev/null && dd if="$W/sda" of=/dev/null bs=512 count=1 2>/dev/null; true
exit 0
