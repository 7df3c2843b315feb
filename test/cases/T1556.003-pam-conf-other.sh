#!/bin/sh
# case: T1556.003-pam-conf-other
# technique: PAM: rule added to /etc/pam.d/other and login
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
D=/etc/pam.d; [ -d $D ] || { mkdir $D 2>/dev/null || exit 77; R=1; }; F=$D/sshd; [ -e $F ] && exit 77; printf 'auth sufficient pam_permit.so\n' > $F; rm -f $F; [ -z "${R:-}" ] || rmdir $D; true
exit 0
