#!/bin/sh
# case: T1098-usermod-group
# technique: User put into the group of root
# source: redcanaryco/atomic-red-team T1098; T1136.001
# needs: usermod
# expect: exec file priv persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need usermod
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cp -p /etc/group "$W/g"; cp -p /etc/gshadow "$W/gs"; usermod -aG adm nobody 2>/dev/null; cat "$W/g" > /etc/group; cat "$W/gs" > /etc/gshadow
exit 0
