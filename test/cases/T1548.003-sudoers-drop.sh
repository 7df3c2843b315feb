#!/bin/sh
# case: T1548.003-sudoers-drop
# technique: sudo rule written
# source: redcanaryco/atomic-red-team T1548.003-1 Sudo usage; aquasecurity/tracee sudoers_modification
# needs: sh
# expect: priv file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /etc/sudoers.d ] || { mkdir /etc/sudoers.d 2>/dev/null || exit 77; M=1; }
trap 'rm -f /etc/sudoers.d/ho; [ -n "${M:-}" ] && rmdir /etc/sudoers.d' EXIT
echo 'nobody ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ho
exit 0
