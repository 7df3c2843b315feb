#!/bin/sh
# case: T1564.001-hidden-files
# technique: Hidden files and directories made
# source: aquasecurity/tracee hidden_file_created; redcanaryco/atomic-red-team T1564.001-1 Create a hidden file in a hidden directory
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /tmp/.ho-x /dev/shm/.ho-y /var/tmp/.ho-z' EXIT; mkdir /tmp/.ho-x && echo x > /tmp/.ho-x/.y; (echo x > /dev/shm/.ho-y) 2>/dev/null; mkdir -p /var/tmp 2>/dev/null; (echo x > /var/tmp/.ho-z) 2>/dev/null; true
exit 0
