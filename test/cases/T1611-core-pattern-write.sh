#!/bin/sh
# case: T1611-core-pattern-write
# technique: core_pattern written (refused)
# source: cdk-team/CDK; falcosecurity/rules Core pattern
# needs: sh
# expect: escape priv file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo '|/tmp/ho' > /proc/sys/kernel/core_pattern) 2>/dev/null; (echo 1 > /proc/sys/kernel/modprobe) 2>/dev/null; true
exit 0
