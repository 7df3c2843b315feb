#!/bin/sh
# case: T1548.003-sudo-rights-read
# technique: Rights of sudo read
# source: LinEnum
# needs: cat
# expect: recon cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
(sudo -n -l) >/dev/null 2>&1; cat /etc/sudoers /etc/sudoers.d/* /etc/doas.conf >/dev/null 2>&1; ls -la /etc/sudoers.d >/dev/null 2>&1; true
exit 0
