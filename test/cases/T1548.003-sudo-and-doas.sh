#!/bin/sh
# case: T1548.003-sudo-and-doas
# technique: Sudo: sudo -l, doas and pkexec tried
# source: LinPEAS; redcanaryco/atomic-red-team T1548.003-1 Sudo usage
# needs: sh
# expect: priv exec recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(sudo -l; sudo id; doas id; pkexec id; sudo --version) >/dev/null 2>&1; cat /etc/sudoers /etc/doas.conf >/dev/null 2>&1; ls -la /etc/sudoers.d /usr/bin/sudo /usr/bin/pkexec >/dev/null 2>&1; true
exit 0
