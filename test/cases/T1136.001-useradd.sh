#!/bin/sh
# case: T1136.001-useradd
# technique: Account made with the tools of the system
# source: redcanaryco/atomic-red-team T1136.001-1 Create a user account on a Linux system; falcosecurity/event-generator syscall.UserMgmtBinaries
# needs: sh
# expect: persistence exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp -p /etc/passwd "$W/p"; cp -p /etc/shadow "$W/s" 2>/dev/null; cp -p /etc/group "$W/g"
if command -v useradd >/dev/null 2>&1; then useradd -M -s /bin/false houser >/dev/null 2>&1; userdel houser >/dev/null 2>&1; else need adduser; adduser -D -H -s /bin/false houser >/dev/null 2>&1; deluser houser >/dev/null 2>&1; fi
cmp -s /etc/passwd "$W/p" || cat "$W/p" > /etc/passwd; cmp -s /etc/group "$W/g" || cat "$W/g" > /etc/group; true
exit 0
