#!/bin/sh
# case: T1003.008-opasswd-head
# technique: Old password hashes looked for in opasswd
# source: redcanaryco/atomic-red-team T1003.008; Sigma lnx_auditd_password_policy_discovery
# needs: head
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need head
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
head -n 5 /etc/security/opasswd /var/backups/shadow.bak /etc/shadow- >/dev/null 2>&1; true
exit 0
