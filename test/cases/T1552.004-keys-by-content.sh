#!/bin/sh
# case: T1552.004-keys-by-content
# technique: Private keys: grep for their first line
# source: falcosecurity/event-generator syscall.SearchPrivateKeysOrPasswords; redcanaryco/atomic-red-team T1552.004-3
# needs: grep
# expect: cred recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep
grep -rl 'BEGIN .*PRIVATE KEY' /etc /root /home /srv >/dev/null 2>&1; grep -r 'IdentityFile' /root/.ssh /etc/ssh >/dev/null 2>&1; true
exit 0
