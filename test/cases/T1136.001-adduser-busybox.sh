#!/bin/sh
# case: T1136.001-adduser-busybox
# technique: Local account: adduser, deluser, passwd applets or useradd
# source: redcanaryco/atomic-red-team T1136.001-1 Create a user account on a Linux system; falcosecurity/rules User mgmt binaries
# needs: useradd chpasswd
# expect: file persistence exec priv
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cat "$W/p" > /etc/passwd; cat "$W/s" > /etc/shadow; cat "$W/g" > /etc/group; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need useradd chpasswd
cp -p /etc/passwd "$W/p"; cp -p /etc/shadow "$W/s"; cp -p /etc/group "$W/g"
useradd -M -o -u 0 -g 0 -s /bin/sh ho-butter >/dev/null 2>&1; echo 'ho-butter:x' | chpasswd >/dev/null 2>&1; userdel -f ho-butter >/dev/null 2>&1; true
exit 0
