#!/bin/sh
# case: T1611-overlay-place-read
# technique: Place of the own layers on the machine looked up
# source: cdk-team/CDK; CVE-2022-0492 exploits
# needs: sed
# expect: escape recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed
sed -n 's/.*upperdir=\([^,]*\).*/\1/p' /proc/self/mountinfo /etc/mtab >/dev/null 2>&1; true
exit 0
