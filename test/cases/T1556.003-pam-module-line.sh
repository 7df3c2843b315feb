#!/bin/sh
# case: T1556.003-pam-module-line
# technique: PAM configuration written
# source: redcanaryco/atomic-red-team T1556.003-1 Malicious PAM rule
# needs: sh
# expect: cred file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /etc/pam.d ] || { mkdir /etc/pam.d 2>/dev/null || exit 77; M=1; }
trap 'rm -f /etc/pam.d/ho; [ -n "${M:-}" ] && rmdir /etc/pam.d' EXIT
echo 'auth sufficient pam_permit.so' > /etc/pam.d/ho
exit 0
