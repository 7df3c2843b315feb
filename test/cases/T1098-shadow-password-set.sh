#!/bin/sh
# case: T1098-shadow-password-set
# technique: Account: password of an account set in /etc/shadow
# source: TeamTNT; redcanaryco/atomic-red-team T1531-4 Change User Password via passwd
# needs: sh
# expect: file persistence cred
# where: container
# image: busybox debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cat "$W/s" > /etc/shadow; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp -p /etc/shadow "$W/s" || exit 77; (echo 'daemon:Abc123' | chpasswd) >/dev/null 2>&1 || sed -i 's/^daemon:[^:]*/daemon:x/' /etc/shadow; (passwd -l daemon; usermod -L daemon; chage -l daemon) >/dev/null 2>&1; true
exit 0
