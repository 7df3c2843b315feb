#!/bin/sh
# case: T1556.003-common-auth
# technique: PAM configuration changed
# source: redcanaryco/atomic-red-team T1556.003-1 Malicious PAM rule
# needs: sh
# expect: file persistence cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /etc ] || exit 77; M=; [ -d /etc/pam.d ] || { mkdir /etc/pam.d && M=1; }; echo 'auth sufficient pam_permit.so' > /etc/pam.d/ho; rm -f /etc/pam.d/ho; [ -n "$M" ] && rmdir /etc/pam.d; true
exit 0
