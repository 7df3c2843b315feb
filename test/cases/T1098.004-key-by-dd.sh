#!/bin/sh
# case: T1098.004-key-by-dd
# technique: Key appended to authorized_keys of a service account
# source: redcanaryco/atomic-red-team T1098.004
# needs: dd
# expect: file persistence cred
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /var/lib/ho-svc' EXIT; trap 'exit 1' INT TERM
need dd
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
mkdir -p /var/lib/ho-svc/.ssh || exit 77; echo 'ssh-rsa AAAAdecoy ho' | dd of=/var/lib/ho-svc/.ssh/authorized_keys oflag=append conv=notrunc 2>/dev/null
exit 0
