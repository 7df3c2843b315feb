#!/bin/sh
# case: T1098.007-group-changed
# technique: An account becomes a member of sudo
# source: MITRE ATT&CK T1098.007
# needs: sed cp
# expect: persistence cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -w /etc/group ] || exit 77; cp -p /etc/group "$W/group"; trap 'cat "$W/group" > /etc/group; rm -rf "$W"' EXIT
echo 'ho-sudo:x:0:nobody' >> /etc/group
exit 0
