#!/bin/sh
# case: T1201-login-defs-chage
# technique: Password rules looked up
# source: redcanaryco/atomic-red-team T1201-1 Examine password complexity policy
# needs: chage
# expect: recon
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chage
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
chage -l root >/dev/null 2>&1; cat /etc/login.defs /etc/pam.d/common-password >/dev/null 2>&1; true
exit 0
