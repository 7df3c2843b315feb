#!/bin/sh
# case: T1611-core-pattern-attempt
# technique: core_pattern written
# source: cdk-team/CDK mount-procfs; aquasecurity/tracee core_dumps_config
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo '|/tmp/x' > /proc/sys/kernel/core_pattern) 2>/dev/null; (echo /tmp/x > /proc/sys/kernel/modprobe) 2>/dev/null; true
exit 0
