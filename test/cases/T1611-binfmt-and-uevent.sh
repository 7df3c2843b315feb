#!/bin/sh
# case: T1611-binfmt-and-uevent
# technique: Escape: binfmt_misc and uevent_helper opened
# source: HackTricks sensitive mounts; CDK
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in /proc/sys/fs/binfmt_misc/register /proc/sys/kernel/core_pattern /sys/kernel/uevent_helper /sys/kernel/security/apparmor/.remove /sys/firmware/efi/vars /sys/kernel/debug/kprobes/list; do (: >> $f) 2>/dev/null; done; true
exit 0
