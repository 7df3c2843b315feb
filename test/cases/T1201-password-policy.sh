#!/bin/sh
# case: T1201-password-policy
# technique: Password policy read
# source: redcanaryco/atomic-red-team T1201-1 Examine password complexity policy - Debian
# needs: cat
# expect: recon cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
cat /etc/pam.d/common-password /etc/login.defs /etc/security/pwquality.conf >/dev/null 2>&1; chage -l root >/dev/null 2>&1; true
exit 0
