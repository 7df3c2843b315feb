#!/bin/sh
# case: T1003.008-gshadow-and-backups
# technique: Backup password files read
# source: redcanaryco/atomic-red-team T1003.008-2 Access /etc/master.passwd; falcosecurity/rules Read sensitive file untrusted
# needs: head
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
head -n 3 /etc/gshadow /etc/shadow- /etc/passwd- /etc/security/opasswd >/dev/null 2>&1; true
exit 0
