#!/bin/sh
# case: T1611-sysrq-attempt
# technique: sysrq written
# source: aquasecurity/tracee system_request_key_config_mod
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo h > /proc/sysrq-trigger) 2>/dev/null; (echo 1 > /proc/sys/kernel/sysrq) 2>/dev/null; true
exit 0
